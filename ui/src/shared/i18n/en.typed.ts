// Words about what is being typed: limits, what is kept, what can be had back.
export const typedEn = {
  "typed.near": "{n} of {limit} characters",
  "typed.over": "{over} characters too many: {limit} at most. Nothing was cut.",
  "typed.over.line": "line {line}: {over} characters too many, {limit} at most",
  "typed.offer": "Not sent, and kept in this browser:",
  "typed.undo": "Undo",
  "typed.discarded": "Discarded.",
  "typed.notKept": "This browser cannot keep drafts just now: its store is full or not allowed. All of it works; only what you have not sent is gone when you close the tab.",
  "typed.later": "Saved. What you typed after that is still here.",
  "studio.spark.all": "Read all of it",
} as const;
