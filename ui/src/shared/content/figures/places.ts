// The places of a world as a tree. A model may send parents that are not there and circles: all of it is shown, once.
import { asItems, asText } from "../values";

export interface Place {
  /** Where it stands in the list, which is what it is known by here: ids may be missing or twice there. */
  index: number;
  id: string;
  name: string;
  children: Place[];
  /** Why it stands at the top although it says that it is a part of something. */
  odd: null | { kind: "missing" | "circle"; parent: string };
}

/** Trees in the order of the list. In a circle the place that is listed first is the top. */
export function placeTree(content: Record<string, unknown>): Place[] {
  const items = asItems(content["locations"]);
  const places = items.map<Place>((item, index) => ({ index, id: asText(item["id"]), name: asText(item["name"]), children: [], odd: null }));
  const byId = new Map<string, Place>();
  for (const place of places) if (place.id && !byId.has(place.id)) byId.set(place.id, place);
  const said = items.map((item) => asText(item["parent_id"]));
  const parents = said.map((id) => (id ? byId.get(id) : undefined));
  const tops: Place[] = [];
  for (const place of places) {
    if (!place.id && !place.name) continue; // a draft's next place, of which nothing is written yet
    const parent = parents[place.index];
    if (parent && !isUnder(parent, place, parents)) {
      parent.children.push(place);
      continue;
    }
    const id = said[place.index];
    if (id) place.odd = parent ? { kind: "circle", parent: parent.name || id } : { kind: "missing", parent: id };
    if (parent) parents[place.index] = undefined;
    tops.push(place);
  }
  return tops;
}

/** Whether going up from `place` one comes to `top`. Ends in any circle: it goes up no more often than there are places. */
function isUnder(place: Place, top: Place, parents: readonly (Place | undefined)[]): boolean {
  let at: Place | undefined = place;
  for (let steps = 0; at && steps <= parents.length; steps++) {
    if (at === top) return true;
    at = parents[at.index];
  }
  return false;
}

export function countPlaces(tops: readonly Place[]): number {
  return tops.reduce((sum, { children }) => sum + 1 + countPlaces(children), 0);
}

export interface Shown {
  place: Place;
  level: number;
  parent: Place | null;
}

/** What is in sight, from top to bottom: the children of what is folded are not. */
export function inSight(tops: readonly Place[], folded: ReadonlySet<number>, level = 1, parent: Place | null = null): Shown[] {
  return tops.flatMap((place) => [
    { place, level, parent },
    ...(folded.has(place.index) ? [] : inSight(place.children, folded, level + 1, place)),
  ]);
}
