// What the parts that go through time need to know: where one is in the history, what is in it, and how to go.
import { createContext, useContext } from "react";
import type { TimelineEntry } from "@/shared/api/types";
import type { Place, Speed } from "./steps";

export interface Time {
  /** The version that is looked at; null: now. */
  place: Place;
  /** How many events there are. */
  head: number;
  /** All of them that have come, those after the moment that is looked at included. */
  history: readonly TimelineEntry[];
  /** What is shown is not yet the moment that was asked for. */
  loading: boolean;
  /** Why the moment in the address cannot be shown; null: it can. */
  refused: string | null;
  /** Asks for it again, where that can help. */
  again: (() => void) | null;
  go: (place: Place) => void;
  stepEvent: (by: number) => void;
  stepStage: (by: 1 | -1) => void;
  playing: boolean;
  speed: Speed;
  /** Plays on from here, from the beginning at now; or pauses. */
  play: () => void;
  setSpeed: (speed: Speed) => void;
}

export const TimeContext = createContext<Time | null>(null);

export function useTime(): Time {
  const found = useContext(TimeContext);
  if (found === null) throw new Error("TimeContext is missing");
  return found;
}
