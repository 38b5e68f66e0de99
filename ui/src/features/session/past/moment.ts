// A state that is of the past, and how one tells. Pure.
import type { SessionState } from "@/shared/api/types";

export interface Moment {
  version: number;
  /** When its event happened; null: the history has not come yet. */
  at: string | null;
}

/** A state as it is shown: of now, or of a moment. */
export type ShownState = SessionState & { readonly moment?: Moment };

export function asOf(state: SessionState, at: string | null): ShownState {
  return { ...state, moment: { version: state.version, at } };
}

export function momentOf(state: SessionState): Moment | null {
  return (state as ShownState).moment ?? null;
}
