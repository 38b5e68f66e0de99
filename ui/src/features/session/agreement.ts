// What the list of contradictions depends on, and what of it can be accepted at once. Pure.
import type { Contradiction, TimelineEntry } from "@/shared/api/types";

const MOVES: readonly string[] = [
  "GenesisBranched",
  "StageConfirmed",
  "ContentCorrected",
  "ContradictionsDismissed",
  "ContradictionsRestored",
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
