// A session's family as a tree: whose branch each one is, and where it left. Pure.
import type { SessionItem } from "@/shared/api/types";
import type { Place } from "@/shared/content/figures/places";

/** Sessions as places of a tree, by their place in `items`; branches in the order of the versions that they left at. */
export function branchTree(items: readonly SessionItem[]): Place[] {
  const places = items.map<Place>((item, index) => ({ index, id: item.session_id, name: item.title, children: [], odd: null }));
  const byId = new Map(places.map((place) => [place.id, place]));
  const tops: Place[] = [];
  for (const place of places) {
    const source = items[place.index]?.source_session_id;
    const parent = source ? byId.get(source) : undefined;
    (parent?.children ?? tops).push(place);
  }
  const left = (place: Place) => items[place.index]?.source_version ?? 0;
  for (const place of places) place.children.sort((one, other) => left(one) - left(other) || one.index - other.index);
  return tops;
}
