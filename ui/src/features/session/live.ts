// What the stream of a session adds to its state: history, progress, and the draft that grows. Pure.
import type { DraftFrame, DraftPieceFrame, ProgressFrame, TimelineEntry } from "@/shared/api/types";

/** A window that has the session open. */
export interface Client {
  client_id: string;
  /** What kind of window: "Firefox on Linux". */
  label: string;
  since: string;
  you: boolean;
}

export interface Presence {
  clients: readonly Client[];
}

export interface Live {
  timeline: readonly TimelineEntry[];
  draft: DraftFrame | null;
  /** A long draft of which not all pieces have come. */
  pieces: readonly DraftPieceFrame[];
  progress: ProgressFrame | null;
  /** When something last came of the work under way, in milliseconds. */
  heardAt: number;
  connection: "connecting" | "open" | "lost";
  present: readonly Client[];
}

export type Frame =
  | { event: "timeline"; data: TimelineEntry }
  | { event: "progress"; data: ProgressFrame }
  | { event: "draft"; data: DraftFrame }
  | { event: "draft_piece"; data: DraftPieceFrame }
  | { event: "presence"; data: Presence }
  | { event: "reset" }
  | { event: "opened" }
  | { event: "lost" };

export const QUIET: Live = {
  timeline: [],
  draft: null,
  pieces: [],
  progress: null,
  heardAt: 0,
  connection: "connecting",
  present: [],
};

/** What had been heard when a session was at `version`: nothing of work that runs, of which the log has no words. */
export function heardUntil(live: Live, version: number): Live {
  const timeline = live.timeline.filter((entry) => entry.version <= version);
  return { ...QUIET, connection: live.connection, present: live.present, timeline };
}

/** The tabs of a browser share a connection, which speaks for all of them; each of them is one. */
export function seenFrom(page: string, clients: readonly Client[]): Client[] {
  return clients.map((client) => ({ ...client, you: client.client_id === page }));
}

export function listen(live: Live, frame: Frame, now: number): Live {
  switch (frame.event) {
    case "reset":
      return { ...QUIET, connection: live.connection, present: live.present };
    case "presence":
      return { ...live, present: frame.data.clients };
    case "opened":
      // nothing could be heard meanwhile, which says nothing of the work
      return { ...live, connection: "open", heardAt: now };
    case "lost":
      return { ...live, connection: "lost", present: [] };
    case "timeline":
      return noted(live, frame.data, now);
    case "progress":
      return { ...live, progress: forward(live.progress, frame.data), heardAt: now };
    case "draft":
      return { ...live, draft: grown(live.draft, frame.data), heardAt: now };
    case "draft_piece":
      return { ...pieced(live, frame.data), heardAt: now };
  }
}

/** A percentage never goes back, whatever becomes of an attempt. */
function forward(before: ProgressFrame | null, frame: ProgressFrame): ProgressFrame {
  if (before?.correlation_id !== frame.correlation_id) return frame;
  return { ...frame, percent: Math.max(before.percent, frame.percent) };
}

function noted(live: Live, entry: TimelineEntry, now: number): Live {
  const last = live.timeline.at(-1);
  if (last && entry.version <= last.version) return live;
  const timeline = [...live.timeline, entry];
  if (entry.event_type !== "GenerationRequested") return { ...live, timeline };
  return { ...live, timeline, heardAt: now };
}

/** Drafts come whole, or go on from an offset in a text; an older one never takes the place of a newer one. */
function grown(before: DraftFrame | null, frame: DraftFrame): DraftFrame {
  if (before?.correlation_id !== frame.correlation_id) return frame;
  if (frame.seq < before.seq) return before;
  if (frame.offset > 0 && typeof before.content === "string" && typeof frame.content === "string") {
    return { ...frame, offset: 0, content: before.content.slice(0, frame.offset) + frame.content };
  }
  return frame;
}

/** A draft too long for one frame: its JSON in pieces, which say nothing until the last one has come. */
function pieced(live: Live, frame: DraftPieceFrame): Live {
  const pieces = frame.piece === 0 ? [frame] : [...live.pieces, frame];
  const first = pieces[0];
  if (pieces.length !== frame.piece + 1 || first?.correlation_id !== frame.correlation_id || first.seq !== frame.seq) {
    return { ...live, pieces: [] }; // a connection began in between: the next draft comes whole
  }
  if (pieces.length < frame.pieces) return { ...live, pieces };
  const { session_id, correlation_id, seq, offset } = frame;
  const content = JSON.parse(pieces.map((piece) => piece.content).join("")) as DraftFrame["content"];
  return { ...live, pieces: [], draft: grown(live.draft, { session_id, correlation_id, seq, offset, content }) };
}

/** How the newest generation ended, if it ended without proposals. */
export function endedEarly(timeline: readonly TimelineEntry[]): TimelineEntry | null {
  for (let index = timeline.length - 1; index >= 0; index -= 1) {
    const entry = timeline[index];
    if (entry?.event_type === "GenerationRequested" || entry?.event_type === "ProposalsRecorded") return null;
    if (entry?.event_type === "GenerationCancelled" || entry?.event_type === "GenerationFailed") return entry;
  }
  return null;
}

/** The contents that a draft holds, one for each proposal. */
export function draftContents(content: unknown): Record<string, unknown>[] {
  const contents = (content as { contents?: unknown } | null)?.contents;
  if (!Array.isArray(contents)) return [];
  return contents.filter((item): item is Record<string, unknown> => typeof item === "object" && item !== null);
}
