// Locked paragraphs in the writer's text: which of them a text would change, and what was typed into them before. Pure.
import { chosen, shown, type Known, type Part } from "./blocks";

/** The locked paragraphs that do not stand in `parts` as they are stored. */
export function broken(base: readonly Known[], parts: readonly Part[]): Set<string> {
  const locked = base.filter((block) => block.locked && shown(block).trim() !== "");
  if (locked.length === 0) return new Set();
  const texts = new Map(parts.map(({ id, text }) => [id, text]));
  return new Set(locked.filter((block) => texts.get(block.id) !== shown(block)).map(({ id }) => id));
}

/** The paragraphs that cannot be typed into. One that differs from what is stored keeps nobody from typing. */
export function heldFast(base: readonly Known[], parts: readonly Part[]): Set<string> {
  const free = broken(base, parts);
  return new Set(base.filter((block) => block.locked && !free.has(block.id)).map(({ id }) => id));
}

/** The stored paragraphs with the locks that the server has now. */
export function withLocks(base: readonly Known[], found: readonly Known[]): Known[] {
  const locked = new Set(found.filter((block) => block.locked).map(({ id }) => id));
  return base.map((block) => ({ ...block, locked: locked.has(block.id) }));
}

/** What was typed into paragraphs that are locked in `found` becomes paragraphs of their own, behind them; null: nothing was. */
export function besideLocked(
  before: readonly Known[],
  typed: readonly Part[],
  found: readonly Known[],
  freshId: () => string,
): { base: Known[]; parts: Part[] } | null {
  let base = withLocks(before, found);
  let parts = [...typed];
  const touched = broken(base, parts);
  for (const block of found.filter(({ id }) => touched.has(id))) {
    const after = chosen(base, parts, { block_id: block.id, current: block.text, version: block.version }, "both", freshId);
    base = after.base.map((one) => (one.id === block.id ? { ...one, locked: true } : one));
    parts = after.parts;
  }
  return touched.size > 0 ? { base, parts } : null;
}
