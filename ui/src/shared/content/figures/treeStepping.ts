// What keys do in a tree, as https://www.w3.org/WAI/ARIA/apg/patterns/treeview/ has it. Pure.
import type { Place, Shown } from "./places";

/** Another place to go to, by its index, or the fold of this one. */
export type TreeStep = { to: number } | { fold: boolean };

/** Null: the key is none of a tree's, or leads nowhere. */
export function treeStep(shown: readonly Shown[], folded: ReadonlySet<number>, place: Place, key: string): TreeStep | null {
  const at = shown.findIndex((one) => one.place === place);
  const go = (found: Place | null | undefined): TreeStep | null => (found ? { to: found.index } : null);
  const parts = place.children.length > 0;
  switch (key) {
    case "ArrowDown":
      return go(shown[at + 1]?.place);
    case "ArrowUp":
      return go(shown[at - 1]?.place);
    case "Home":
      return go(shown[0]?.place);
    case "End":
      return go(shown.at(-1)?.place);
    case "ArrowRight":
      return parts && folded.has(place.index) ? { fold: false } : go(place.children[0]);
    case "ArrowLeft":
      return parts && !folded.has(place.index) ? { fold: true } : go(shown[at]?.parent);
    default:
      return named(shown, at, key);
  }
}

/** A letter leads to the next place whose name begins with it. */
function named(shown: readonly Shown[], at: number, key: string): TreeStep | null {
  if (key.length !== 1 || key.trim() === "") return null;
  const order = [...shown.slice(at + 1), ...shown.slice(0, at)];
  const found = order.find(({ place }) => place.name.toLowerCase().startsWith(key.toLowerCase()));
  return found ? { to: found.place.index } : null;
}
