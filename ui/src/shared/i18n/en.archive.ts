// The archive: sessions that ended long ago.
export const archiveEn = {
  "archive.title": "Archived",
  "archive.what": "{n} of its events have lain in the archive since {at}. All of it can be read, compared, exported and branched as ever.",
  "archive.why": "Bring it back if it is read a lot.",
  "archive.bring": "Bring it back",
  "archive.back": "Brought back from the archive. Events: {n}.",
} as const;
