// Which moment the address names: `?at=` a version, or a time as people and programs write it. Pure.

export interface At {
  /** As the address has it. */
  said: string;
  /** Null: it is a time, which the studio reads. */
  version: number | null;
}

const LAST_VERSION = 2 ** 31 - 1;

/** Null: the session as it is now. */
export function readAt(said: string | null): At | null {
  const text = said?.trim() ?? "";
  if (text === "") return null;
  return { said: text, version: /^[+-]?\d+$/.test(text) ? Number(text) : null };
}

/** Whether this moment lies before the first event or after the newest; of earlier times only the studio can tell. */
export function outside(at: At, head: number, now: number): "before" | "after" | null {
  if (at.version === null) return Date.parse(at.said) > now ? "after" : null;
  if (at.version < 1) return "before";
  return at.version > Math.min(head, LAST_VERSION) ? "after" : null;
}

/** The parameters of an address, at another moment. What is looked at beside it stays, until one is back at now. */
export function withAt(search: URLSearchParams, said: string | null): URLSearchParams {
  const after = new URLSearchParams(search);
  if (said === null) {
    after.delete("at");
    after.delete("stage");
  } else after.set("at", said);
  return after;
}
