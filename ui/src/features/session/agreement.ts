// What the list of contradictions depends on, and what of it can be accepted at once. Pure.
import type { Contradiction, TimelineEntry } from "@/shared/api/types";

const MOVES: readonly string[] = [
  "GenesisBranched",
  "StageConfirmed",
  "ContentCorrected",
  "ContradictionsDismissed",
  "ContradictionsRestored",
  "ContradictionsFound",
  "LocksChanged",
];

/** The version at which what is confirmed, locked or dismissed last changed; 0: not known to have. */
export function lastMove(timeline: readonly TimelineEntry[]): number {
  return timeline.findLast(({ event_type }) => MOVES.includes(event_type))?.version ?? 0;
}

/** What code can carry out when the writer accepts it. */
export function canAccept(one: Contradiction): boolean {
  return one.proposed !== null && !one.locked;
}

export interface Searched {
  id: string | null;
  version: number;
  model: string;
  found: number;
  /** Findings whose quotations stand nowhere. */
  dropped: number;
  at: string;
  /** Whether what is confirmed has changed since. */
  older: boolean;
}

/** The newest search by a model that came to its end; null: nobody has looked. */
export function lastSearch(timeline: readonly TimelineEntry[]): Searched | null {
  const entry = timeline.findLast(({ event_type }) => event_type === "ContradictionsFound");
  if (entry === undefined) return null;
  const number = (value: unknown) => (typeof value === "number" ? value : 0);
  return {
    id: entry.correlation_id,
    version: entry.version,
    model: typeof entry.data["model"] === "string" ? entry.data["model"] : "",
    found: number(entry.data["count"]),
    dropped: number(entry.data["dropped"]),
    at: entry.occurred_at,
    older: timeline.some(
      ({ event_type, version }) => version > entry.version && ["StageConfirmed", "ContentCorrected"].includes(event_type),
    ),
  };
}
