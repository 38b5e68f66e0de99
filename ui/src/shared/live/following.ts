// How one subscription goes along: what it takes of the frames that all tabs hear, and when something is missing. Pure.

export interface Place {
  /** The frames are of a connection that carries this subscription: everything before is somebody else's beginning. */
  carried: boolean;
  last: number;
}

/** `missed`: there is a gap, and the subscription has to be taken anew. */
export type Verdict = "take" | "leave" | "missed";

export function follow(place: Place, event: string, version: number | null): [Place, Verdict] {
  if (!place.carried) return [place, "leave"];
  if (event === "reset") return [{ ...place, last: 0 }, "take"];
  if (version === null) return [place, "take"];
  if (version <= place.last) return [place, "leave"];
  if (version > place.last + 1) return [{ ...place, carried: false }, "missed"];
  return [{ ...place, last: version }, "take"];
}
