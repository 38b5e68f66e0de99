// Locked paragraphs in the writer's text: where they stand, and which of them a text would change. Pure.
import { chosen, matched, type Known } from "./blocks";

/** A stretch of the text, in characters. */
export interface Stretch {
  from: number;
  to: number;
}

/** The locked paragraphs that do not stand in `text` as they are stored. */
export function broken(base: readonly Known[], text: string): Set<string> {
  const locked = base.filter((block) => block.locked && block.text.trim() !== "");
  if (locked.length === 0) return new Set();
  const parts = new Map(matched(base, text).flatMap((part) => (part.id === null ? [] : [[part.id, part.text] as const])));
  return new Set(locked.filter((block) => parts.get(block.id) !== asShown(block)).map(({ id }) => id));
}

/** Whether going from one text to another changes a locked paragraph. One that differed before keeps nobody from typing. */
export function breaks(base: readonly Known[], from: string, to: string): boolean {
  const after = broken(base, to);
  if (after.size === 0) return false;
  const before = broken(base, from);
  return [...after].some((id) => !before.has(id));
}

/** Where the locked paragraphs stand, in order. */
export function lockedIn(base: readonly Known[], text: string): Stretch[] {
  const found: Stretch[] = [];
  let at = 0;
  for (const block of base) {
    const words = asShown(block);
    if (!block.locked || words.trim() === "") continue;
    const from = placeOf(words, text, at);
    if (from < 0) continue;
    at = from + words.length;
    found.push({ from, to: at });
  }
  return found;
}

/** The stored paragraph in which a place of the text lies; null: it is new, or not saved as it stands. */
export function blockAt(base: readonly Known[], text: string, place: number): Known | null {
  let at = 0;
  for (const block of base) {
    const words = asShown(block);
    if (words.trim() === "") continue;
    const from = placeOf(words, text, at);
    if (from < 0) continue;
    at = from + words.length;
    if (place >= from && place <= at) return block;
  }
  return null;
}

/** The stored paragraphs with the locks that the server has now. */
export function withLocks(base: readonly Known[], found: readonly Known[]): Known[] {
  const locked = new Set(found.filter((block) => block.locked).map(({ id }) => id));
  return base.map((block) => ({ ...block, locked: locked.has(block.id) }));
}

/** What was typed into paragraphs that are locked in `found` becomes paragraphs of their own, behind them; null: nothing was. */
export function besideLocked(before: readonly Known[], typed: string, found: readonly Known[]): { base: Known[]; text: string } | null {
  let base = withLocks(before, found);
  let text = typed;
  const touched = broken(base, text);
  for (const block of found.filter(({ id }) => touched.has(id))) {
    const after = chosen(base, text, { block_id: block.id, current: block.text, version: block.version }, "both");
    base = after.base.map((one) => (one.id === block.id ? { ...one, locked: true } : one));
    text = after.text;
  }
  return touched.size > 0 ? { base, text } : null;
}

function placeOf(words: string, text: string, start: number): number {
  for (let from = text.indexOf(words, start); from >= 0; from = text.indexOf(words, from + 1)) {
    const whole = (from === 0 || text[from - 1] === "\n") && (from + words.length === text.length || text[from + words.length] === "\n");
    if (whole) return from;
  }
  return -1;
}

function asShown({ text }: Known): string {
  return text.replace(/\n{2,}/g, "\n").replace(/^\n+|\n+$/g, "");
}
