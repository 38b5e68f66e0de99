// A chapter's text as paragraphs with ids that stay: what is stored, what stands in the editor, the edits between. Pure.
import { diffArrays } from "diff";
import type { Edit } from "@/shared/api/types";
import { outOfOrder } from "./order";

/** A paragraph as it is stored: `version` is what an edit of it is based on. */
export interface Known {
  id: string;
  text: string;
  version: number;
  locked?: boolean;
}

/** A paragraph as it stands in the editor. Its id is that of the stored one, or the one that it will be stored under. */
export interface Part {
  id: string;
  text: string;
}

/** What one command takes. */
export const MOST_EDITS = 1000;

// As the server cleans text (genesis_types/text.py): what cannot be seen goes before it is compared.
 
const INVISIBLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
const LONE = /\p{Surrogate}/gu;

/** A text as it is stored: nothing that cannot be seen, and no blank lines, which stand between paragraphs. */
export function cleaned(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(INVISIBLE, "")
    .replace(LONE, "")
    .replace(/\n{2,}/g, "\n")
    .replace(/^\n+|\n+$/g, "");
}

/** A stored paragraph as it is shown. */
export function shown({ text }: Known): string {
  return text.replace(/\n{2,}/g, "\n").replace(/^\n+|\n+$/g, "");
}

function visible(blocks: readonly Known[]): Known[] {
  return blocks.filter((block) => shown(block).trim() !== "");
}

/** The paragraphs that say something. */
function said(parts: readonly Part[]): Part[] {
  return parts.filter(({ text }) => text.trim() !== "");
}

export function partsOf(blocks: readonly Known[]): Part[] {
  return visible(blocks).map((block) => ({ id: block.id, text: shown(block) }));
}

export function joined(parts: readonly Part[]): string {
  return said(parts)
    .map(({ text }) => text)
    .join("\n\n");
}

/** The paragraphs of a text that comes as one piece. */
export function paragraphs(text: string): string[] {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(INVISIBLE, "")
    .split(/\n[^\S\n]*\n\s*?(?=\S|$)|\n{2,}/)
    .map(cleaned)
    .filter((part) => part.trim() !== "");
}

/** The paragraphs of `text` with the ids that they keep: what did not change first, then one for the other in its place. */
export function matched(base: readonly Known[], text: string, freshId: () => string): Part[] {
  const before = visible(base);
  const parts: Part[] = [];
  let at = 0;
  let free: Known[] = [];
  let fresh: string[] = [];
  const settle = () => {
    fresh.forEach((part, index) => parts.push({ id: free[index]?.id ?? freshId(), text: part }));
    free = [];
    fresh = [];
  };
  for (const run of diffArrays(before.map(shown), paragraphs(text))) {
    if (run.removed) {
      free.push(...before.slice(at, at + run.value.length));
      at += run.value.length;
    } else if (run.added) fresh.push(...run.value);
    else {
      settle();
      for (const part of run.value) parts.push({ id: before[at++]!.id, text: part });
    }
  }
  settle();
  return parts;
}

/** What has to be saved so that the stored paragraphs are these. */
export function editsOf(base: readonly Known[], parts: readonly Part[]): Edit[] {
  const stored = visible(base);
  const before = new Map(stored.map((block) => [block.id, block]));
  const now = said(parts);
  const moved = outOfOrder(stored, now);
  const edits: Edit[] = [];
  let after: string | null = null;
  for (const { id, text } of now) {
    const block = before.get(id);
    if (!block) edits.push({ op: "insert", block_id: id, after, text });
    else {
      if (moved.has(id)) edits.push({ op: "move", block_id: id, based_on: block.version, after });
      if (shown(block) !== text) edits.push({ op: "replace", block_id: id, based_on: block.version, text });
    }
    before.delete(id);
    after = id;
  }
  for (const block of before.values()) edits.push({ op: "delete", block_id: block.id, based_on: block.version });
  return edits;
}

/** Whether there is anything to save. */
export function differs(base: readonly Known[], parts: readonly Part[]): boolean {
  const now = said(parts);
  const before = visible(base);
  return now.length !== before.length || now.some((part, index) => part.id !== before[index]!.id || part.text !== shown(before[index]!));
}

/** The stored paragraphs after edits that made this version of the chapter. */
export function applied(base: readonly Known[], edits: readonly Edit[], version: number): Known[] {
  const blocks = [...base];
  const place = (id: string | null | undefined) => blocks.findIndex((block) => block.id === id);
  for (const edit of edits) {
    const id = edit.block_id;
    if (edit.op === "insert") blocks.splice(place(edit.after) + 1, 0, { id, text: edit.text, version });
    if (edit.op === "replace") blocks.splice(place(id), 1, { id, text: edit.text, version });
    if (edit.op === "delete") blocks.splice(place(id), 1);
    if (edit.op === "move") {
      const [block] = blocks.splice(place(id), 1);
      if (block) blocks.splice(place(edit.after) + 1, 0, { ...block, version });
    }
  }
  return blocks;
}

/** New ids for paragraphs that were saved, deleted and are back, as after an undo: an id that was used stays used. */
export function respelled(base: readonly Known[], parts: readonly Part[], used: ReadonlySet<string>, freshId: () => string): Map<string, string> {
  const stored = new Set(visible(base).map(({ id }) => id));
  const back = said(parts).filter(({ id }) => used.has(id) && !stored.has(id));
  return new Map(back.map(({ id }) => [id, freshId()]));
}

/** What of kept words has been saved after all: their command arrived, its answer did not. The stored paragraphs then. */
export function caughtUp(base: readonly Known[], parts: readonly Part[], found: readonly Known[]): Known[] {
  const mine = new Map(parts.map((part) => [part.id, part.text]));
  const theirs = new Map(found.map((block) => [block.id, block]));
  const before = new Set(base.map(({ id }) => id));
  const after = base
    .filter(({ id }) => mine.has(id) || theirs.has(id))
    .map((block) => {
      const now = theirs.get(block.id);
      return now && shown(now) === mine.get(block.id) ? now : block;
    });
  found.forEach((block, index) => {
    if (before.has(block.id) || !mine.has(block.id)) return;
    const above = found.slice(0, index).reverse().find(({ id }) => after.some((one) => one.id === id));
    after.splice(above ? after.findIndex(({ id }) => id === above.id) + 1 : 0, 0, block);
  });
  return after;
}

export type Choice = "mine" | "theirs" | "both";

/** A paragraph that was changed here and elsewhere. `current`: as it is stored now; null: it was deleted. */
export interface Clash {
  block_id: string;
  current: string | null;
  version: number;
}

/** After the writer's choice between two texts of one paragraph; what is left to save follows from both. */
export function chosen(
  base: readonly Known[],
  parts: readonly Part[],
  { block_id: id, current, version }: Clash,
  choice: Choice,
  freshId: () => string,
): { base: Known[]; parts: Part[] } {
  const after = [...parts];
  const at = after.findIndex((part) => part.id === id && part.text.trim() !== "");
  const stood = base.findIndex((block) => block.id === id);
  const stored = base.flatMap((block) => (block.id !== id ? [block] : current === null ? [] : [{ ...block, text: current, version }]));
  const theirs = current === null ? [] : [{ id, text: cleaned(current) }];
  if (at < 0) {
    if (choice === "mine") return { base: stored, parts: after };
    // the writer had taken it out: it goes back behind what it stood behind
    const above = base.slice(0, Math.max(0, stood)).reverse().find((block) => after.some((part) => part.id === block.id));
    after.splice(above ? after.findIndex((part) => part.id === above.id) + 1 : 0, 0, ...theirs);
    return { base: stored, parts: after };
  }
  const mine = after[at]!;
  if (choice === "theirs") after.splice(at, 1, ...theirs);
  if (choice === "both" && current !== null) after.splice(at, 1, ...theirs, { id: freshId(), text: mine.text });
  return { base: stored, parts: after };
}
