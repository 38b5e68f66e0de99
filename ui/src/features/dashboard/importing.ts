// What was read of a file, as its author arranges it before it becomes a project. Pure.
import type { ImportPreview, ImportPreviewEntry } from "@/shared/api/types";

export interface Arranged extends ImportPreviewEntry {
  /** Where it stood in what was read: its key. */
  at: number;
  wanted: boolean;
}

const LONGEST_TITLE = 500;

export function arranged(preview: ImportPreview): Arranged[] {
  return preview.entries.map((entry, at) => ({ ...entry, at, wanted: entry.left_out === null }));
}

export function renamed(entries: Arranged[], at: number, title: string): Arranged[] {
  return entries.map((one) => (one.at === at ? { ...one, title } : one));
}

export function ticked(entries: Arranged[], at: number, wanted: boolean): Arranged[] {
  return entries.map((one) => (one.at === at ? { ...one, wanted } : one));
}

/** The last chapter before this one that is wanted; undefined: there is none to join it to. */
export function before(entries: Arranged[], at: number): Arranged | undefined {
  return entries.findLast((one) => one.at < at && one.kind === "chapter" && one.wanted);
}

/** With the text of this one behind that of the chapter before it. */
export function merged(entries: Arranged[], at: number): Arranged[] {
  const [one, into] = [entries.find((entry) => entry.at === at), before(entries, at)];
  if (!one || !into) return entries;
  const joined = { ...into, paragraphs: [...into.paragraphs, ...one.paragraphs], words: into.words + one.words };
  return entries.filter((entry) => entry !== one).map((entry) => (entry === into ? joined : entry));
}

/** What IMPORT_PROJECT takes: what is wanted, without a part that nothing wanted stands in. */
export function payload(title: string, language: string, entries: Arranged[]) {
  const wanted = entries.filter((one, number) => {
    if (!one.wanted) return false;
    if (one.kind === "chapter") return true;
    const after = entries.slice(number + 1);
    const end = after.findIndex((next) => next.depth <= one.depth);
    return (end < 0 ? after : after.slice(0, end)).some((next) => next.wanted && next.kind === "chapter");
  });
  return {
    title: title.trim(),
    language,
    entries: wanted.map(({ kind, title: name, depth, paragraphs }) => ({
      kind,
      title: name.trim().slice(0, LONGEST_TITLE) || "…",
      depth,
      paragraphs,
    })),
  };
}

/** How much would be imported. */
export function sum(entries: Arranged[]): { chapters: number; words: number } {
  const wanted = entries.filter((one) => one.wanted && one.kind === "chapter");
  return { chapters: wanted.length, words: wanted.reduce((words, one) => words + one.words, 0) };
}
