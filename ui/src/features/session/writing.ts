// What the page knows of a writer's work: which request it is, what is said without a place, how a round ended. Pure.
import type { Pending, SessionState, TimelineEntry } from "@/shared/api/types";
import { notesIn, type NoteCode } from "@/shared/i18n/notes";

export interface Attempt {
  number: number;
  of: number;
  why: string | null;
}

/** Which request a draft is of; null: nobody says. */
export function attemptOf(content: unknown): Attempt | null {
  const found = (content as { attempt?: unknown } | null)?.attempt as Partial<Attempt> | undefined;
  if (typeof found?.number !== "number" || typeof found.of !== "number") return null;
  return { number: found.number, of: found.of, why: typeof found.why === "string" ? found.why : null };
}

/** What a model says before any of it has its place in a content. */
export function rawOf(content: unknown): string {
  const raw = (content as { raw?: unknown } | null)?.raw;
  return typeof raw === "string" ? raw : "";
}

/** Whether proposals are being written for this stage: a search for contradictions writes nothing. */
export function writesIn(pending: Pending | null, stage: string): boolean {
  return pending !== null && pending.stage === stage && !isSearch(pending);
}

export function isSearch(pending: Pick<Pending, "command_type"> | null): boolean {
  return pending?.command_type === "FIND_CONTRADICTIONS";
}

export interface Failed {
  id: string | null;
  code: string;
  stage: string;
  kind: string;
  count: number;
  proposalId: string | null;
  feedbackId: string | null;
  /** The proposal of which only the rest was asked for. */
  restOf: string | null;
  /** The model that was asked, "" where none was. */
  model: string;
  attempts: number | null;
  /** What is to be said of the failure beside its code. */
  notes: NoteCode[];
  fewerDetails: boolean;
  byMuse: boolean;
}

/** The newest generation, if it failed, with what was asked for. */
export function failedWork(timeline: readonly TimelineEntry[]): Failed | null {
  const failure = timeline.findLast((entry) => ["GenerationFailed", "GenerationRequested"].includes(entry.event_type));
  if (failure?.event_type !== "GenerationFailed") return null;
  const asked = timeline.findLast(
    (entry) => entry.event_type === "GenerationRequested" && entry.correlation_id === failure.correlation_id,
  )?.data;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return {
    id: failure.correlation_id,
    code: text(failure.data["code"]),
    notes: notesIn(failure.data["note_codes"]),
    stage: failure.stage ?? "",
    kind: text(asked?.["kind"]) || "inspiration",
    count: typeof asked?.["count"] === "number" ? asked["count"] : 1,
    proposalId: text(asked?.["proposal_id"]) || null,
    feedbackId: text(asked?.["feedback_id"]) || null,
    restOf: text(asked?.["rest_of"]) || null,
    model: text(failure.data["model"]),
    attempts: typeof failure.data["attempts"] === "number" ? failure.data["attempts"] : null,
    fewerDetails: asked?.["fewer_details"] === true,
    byMuse: asked?.["writer"] === "muse",
  };
}

const NOT_OF_LENGTH = [
  ...["KEY_REFUSED", "KEY_MISSING", "KEY_MALFORMED", "NO_CREDIT", "UNREACHABLE", "ADDRESS_LINK_LOCAL", "WRONG_ADDRESS", "WEB_PAGE"],
  ...["PROXY_IN_THE_WAY", "MODEL_NOT_FOUND", "UNKNOWN_MODEL", "MODEL_MISCONFIGURED", "CONTENT_FILTERED", "REFUSED"],
];

/** Whether asking for less can help after this failure; `smaller`: whether the request would be, null: nobody knows. */
export function fewerHelps(failed: Failed, smaller: boolean | null): boolean {
  return smaller !== false && failed.kind !== "agreement" && !failed.fewerDetails && !failed.byMuse && !NOT_OF_LENGTH.includes(failed.code);
}

/** Whether the muse could do it instead: it cannot read for contradictions. */
export function museHelps(failed: Failed | null): boolean {
  return failed !== null && !failed.byMuse && failed.kind !== "agreement";
}

/** A note of the writer by its id, where the state has it. */
export function noteOf(state: SessionState, id: string | null) {
  for (const view of state.stages) {
    const found = view.feedback.find((item) => item.id === id);
    if (found) return found;
  }
  return null;
}
