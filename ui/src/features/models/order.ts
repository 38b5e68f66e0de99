// The order in which models are asked: the default, then the others by their place.
import type { ModelItem } from "@/shared/api/types";

export function inOrder(items: readonly ModelItem[]): ModelItem[] {
  return [...items].sort((a, b) => Number(b.is_default) - Number(a.is_default) || a.position - b.position);
}

/** The place that puts `item` one step up (-1) or down (1) in what is shown; null: there is none. */
export function placeAfterStep(shown: readonly ModelItem[], item: ModelItem, step: -1 | 1): number | null {
  const neighbour = shown[shown.findIndex(({ id }) => id === item.id) + step];
  // nobody steps over the default: it is first because it is the default
  return neighbour === undefined || neighbour.is_default || item.is_default ? null : neighbour.position;
}
