// What went wrong, as the server says it (RFC 9457) or as the network left it: always with a sentence for the writer.
import type { components } from "./schema";

export type BlockInConflict = components["schemas"]["BlockInConflict"];
export type MissedChange = components["schemas"]["MissedChange"];

interface More {
  /** The name of what it is about. */
  about?: string | null;
  fields?: readonly { field: string; message: string }[];
  /** Whether the same command may be sent again with the same id: nobody knows if it arrived. */
  unanswered?: boolean;
  /** Seconds after which it may be tried again. */
  retryAfter?: number | null;
  /** Of a version conflict: where the session is, and what happened meanwhile. */
  currentVersion?: number | null;
  changes?: readonly MissedChange[];
  /** Of a conflict of paragraphs: both texts of each. */
  blocks?: readonly BlockInConflict[];
}

export class Problem extends Error {
  readonly about: string | null;
  readonly fields: readonly { field: string; message: string }[];
  readonly unanswered: boolean;
  readonly retryAfter: number | null;
  readonly currentVersion: number | null;
  readonly changes: readonly MissedChange[];
  readonly blocks: readonly BlockInConflict[];
  /** When it was said, in milliseconds: what `retryAfter` counts from. */
  readonly at = Date.now();

  constructor(
    readonly code: string,
    readonly detail: string,
    readonly status: number,
    { about = null, fields = [], unanswered = false, retryAfter = null, currentVersion = null, changes = [], blocks = [] }: More = {},
  ) {
    super(detail);
    this.about = about;
    this.fields = fields;
    this.unanswered = unanswered;
    this.retryAfter = retryAfter;
    this.currentVersion = currentVersion;
    this.changes = changes;
    this.blocks = blocks;
  }
}

/** Answers with a server's status all the same: nothing was done, and asking again changes nothing. */
const ANSWERED: ReadonlySet<unknown> = new Set(["EVENT_TOO_NEW"]);

export function problemOf(body: unknown, status: number, retryAfter: string | null = null): Problem {
  const said = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const list = <T>(name: string): T[] => (Array.isArray(said[name]) ? (said[name] as T[]) : []);
  const seconds = Number(retryAfter);
  return new Problem(
    typeof said["code"] === "string" ? said["code"] : "UNKNOWN",
    typeof said["detail"] === "string" ? said["detail"] : "",
    status,
    {
      about: typeof said["about"] === "string" ? said["about"] : null,
      fields: list("errors"),
      unanswered: status >= 500 && !ANSWERED.has(said["code"]),
      retryAfter: retryAfter !== null && Number.isFinite(seconds) ? seconds : null,
      currentVersion: typeof said["current_version"] === "number" ? said["current_version"] : null,
      changes: list("changes"),
      blocks: list("blocks"),
    },
  );
}

export function unreachable(): Problem {
  return new Problem("UNREACHABLE", "", 0, { unanswered: true });
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : unreachable();
}
