// How one goes through a history: from event to event, from stage to stage, and at the pace of a player. Pure.
import type { TimelineEntry } from "@/shared/api/types";

/** A version; null: now. */
export type Place = number | null;

/** So many events on. The newest event is now, and before the first one there is nothing. */
export function stepEvents(place: Place, head: number, by: number): Place {
  return placed(Math.max(1, (place ?? head) + by), head);
}

/** What leads to now when it is the newest event. */
export function placed(version: number, head: number): Place {
  return version >= head ? null : Math.max(1, version);
}

const STARTING: readonly string[] = ["GenesisStarted", "GenesisBranched", "StageEntered", "GenesisCompleted"];

/** The versions at which a stage was gone to, in order. */
export function stageStarts(history: readonly TimelineEntry[]): number[] {
  return history.filter(({ event_type }) => STARTING.includes(event_type)).map(({ version }) => version);
}

/** To the start of this stage, from there to the one before; forward to the next one, and after the last to now. */
export function stepStages(place: Place, head: number, starts: readonly number[], by: 1 | -1): Place {
  const at = place ?? head;
  if (by > 0) return placed(starts.find((start) => start > at) ?? head, head);
  return placed(starts.findLast((start) => start < at) ?? 1, head);
}

export const SPEEDS = [1, 4, 16] as const;
export type Speed = (typeof SPEEDS)[number];

const SHORTEST_MS = 600;
const LONGEST_MS = 3000;

/** How long a player stays at an event, in milliseconds: as long as it took then, but neither a blink nor a night. */
export function pauseFor(from: string | undefined, to: string | undefined, speed: Speed): number {
  const took = from !== undefined && to !== undefined ? Date.parse(to) - Date.parse(from) : 0;
  return Math.min(Math.max(took, SHORTEST_MS), LONGEST_MS) / speed;
}
