// Words for somebody else's session, which an analyst reads.
export const foreignEn = {
  "foreign.title": "Somebody else’s session",
  "foreign.owner": "Pseudonym",
  "foreign.recorded": "This read is recorded, and its owner can see it. You can look at everything and change nothing.",
  "foreign.notLive": "Not live: as it was at {at}.",
  "foreign.again": "Read again",
  "foreign.credits": "Credits are between the owner and the studio: they are not shown here.",
  "foreign.agree": "Contradictions in what is confirmed: {n}",
  "foreign.agree.about": "One text says one thing and another says something else.",
  "foreign.empty": "No proposals lie here. What was accepted without one stands under “Where it came from”.",
  "foreign.branch": "A session that you branch from it is yours. Its owner sees that you began one, and from which moment.",
  "foreign.why": "This is somebody else’s session: it can be read, not changed.",
};
