// Where an entry of the contents goes when it is moved up or down by one step. Pure.
import type { ContentsEntry, EntryKind } from "@/shared/api/types";

export interface Step {
  parent_id: string | null;
  position: number;
}

function siblings(contents: readonly ContentsEntry[], parent: string | null): ContentsEntry[] {
  return contents.filter((entry) => entry.parent_id === parent);
}

/** The next place up (-1) or down (+1); null: there is none. A chapter goes into and out of the parts on its way. */
export function step(contents: readonly ContentsEntry[], entry: ContentsEntry, way: -1 | 1): Step | null {
  const beside = siblings(contents, entry.parent_id)[entry.position + way];
  if (beside && beside.kind === "part" && entry.kind === "chapter") {
    return { parent_id: beside.id, position: way < 0 ? siblings(contents, beside.id).length : 0 };
  }
  if (beside) return { parent_id: entry.parent_id, position: entry.position + way };
  const above = contents.find(({ id }) => id === entry.parent_id);
  if (!above || entry.kind !== "chapter") return null;
  return { parent_id: above.parent_id, position: above.position + (way < 0 ? 0 : 1) };
}

/** Where a new entry of this kind goes: a chapter into the last part, if the book ends with one. */
export function endOf(contents: readonly ContentsEntry[], kind: EntryKind): string | null {
  const last = siblings(contents, null).at(-1);
  return kind === "chapter" && last?.kind === "part" ? last.id : null;
}
