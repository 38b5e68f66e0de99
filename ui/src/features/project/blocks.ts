// A chapter's text as one piece for its writer, and as blocks with ids for everybody else. Pure.
import { diffArrays } from "diff";
import type { Edit } from "@/shared/api/types";

/** A paragraph as it is stored: `version` is what an edit of it is based on. */
export interface Known {
  id: string;
  text: string;
  version: number;
  locked?: boolean;
}

/** A paragraph as it stands in the writer's text; `id` null: it is new. */
export interface Part {
  id: string | null;
  text: string;
}

/** What one command takes. */
export const MOST_EDITS = 1000;

// As the server cleans text (genesis_types/text.py): what cannot be seen goes before it is compared.
 
const INVISIBLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** A stored paragraph as it is shown: blank lines stand between paragraphs, never in one. */
function shown({ text }: Known): string {
  return trimmed(text.replace(/\n{2,}/g, "\n"));
}

function trimmed(text: string): string {
  return text.replace(/^\n+|\n+$/g, "");
}

function visible(blocks: readonly Known[]): Known[] {
  return blocks.filter((block) => shown(block).trim() !== "");
}

export function joined(blocks: readonly Known[]): string {
  return visible(blocks).map(shown).join("\n\n");
}

export function paragraphs(text: string): string[] {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(INVISIBLE, "")
    .split(/\n[^\S\n]*\n\s*?(?=\S|$)|\n{2,}/)
    .map(trimmed)
    .filter((part) => part.trim() !== "");
}

/** The paragraphs of `text` with the ids that they keep: what did not change first, then one for the other in its place. */
export function matched(base: readonly Known[], text: string): Part[] {
  const before = visible(base);
  const parts: Part[] = [];
  let at = 0;
  let free: Known[] = [];
  let fresh: string[] = [];
  const settle = () => {
    fresh.forEach((part, index) => parts.push({ id: free[index]?.id ?? null, text: part }));
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
      for (const part of run.value) parts.push({ id: before[at++]?.id ?? null, text: part });
    }
  }
  settle();
  return parts;
}

/** What has to be saved so that the stored paragraphs are these. `freshId` names new ones. */
export function editsOf(base: readonly Known[], parts: readonly Part[], freshId: () => string): Edit[] {
  const before = new Map(visible(base).map((block) => [block.id, block]));
  const edits: Edit[] = [];
  let after: string | null = null;
  for (const part of parts) {
    const block = part.id === null ? undefined : before.get(part.id);
    const id = block?.id ?? freshId();
    if (!block) edits.push({ op: "insert", block_id: id, after, text: part.text });
    else if (shown(block) !== part.text) edits.push({ op: "replace", block_id: id, based_on: block.version, text: part.text });
    before.delete(id);
    after = id;
  }
  for (const block of before.values()) edits.push({ op: "delete", block_id: block.id, based_on: block.version });
  return edits;
}

/** Whether there is anything to save. */
export function differs(base: readonly Known[], text: string): boolean {
  const now = paragraphs(text);
  const before = visible(base).map(shown);
  return now.length !== before.length || now.some((part, index) => part !== before[index]);
}

/** The stored paragraphs after edits that made this version of the chapter. */
export function applied(base: readonly Known[], edits: readonly Edit[], version: number): Known[] {
  const blocks = [...base];
  const place = (id: string | null | undefined) => blocks.findIndex((block) => block.id === id);
  for (const edit of edits) {
    if (edit.op === "insert") blocks.splice(place(edit.after) + 1, 0, { id: edit.block_id, text: edit.text, version });
    if (edit.op === "replace") blocks.splice(place(edit.block_id), 1, { id: edit.block_id, text: edit.text, version });
    if (edit.op === "delete") blocks.splice(place(edit.block_id), 1);
  }
  return blocks;
}

/** Where a place in one text is in another, by the paragraph that it is in; its end where that paragraph is gone. */
export function placeIn(base: readonly Known[], from: string, place: number, to: readonly Known[]): number {
  const before = paragraphs(from.slice(0, place));
  const parts = matched(base, from);
  const index = Math.max(0, before.length - 1);
  const offset = before.at(-1)?.length ?? 0;
  let start = 0;
  for (const block of visible(to)) {
    const text = shown(block);
    if (block.id === parts[index]?.id) return start + Math.min(offset, text.length);
    start += text.length + 2;
  }
  return Math.min(place, joined(to).length);
}

export type Choice = "mine" | "theirs" | "both";

/** A paragraph that two changed: what was stored meanwhile (`current` null: it was deleted), and the writer's choice. */
export interface Clash {
  block_id: string;
  current: string | null;
  version: number;
}

/** The stored paragraphs and the writer's text after a choice; what is left to save follows from both. */
export function chosen(base: readonly Known[], text: string, clash: Clash, choice: Choice): { base: Known[]; text: string } {
  const { block_id: id, current, version } = clash;
  const parts = matched(base, text);
  const at = parts.findIndex((part) => part.id === id);
  const stood = base.findIndex((block) => block.id === id);
  const stored = base.flatMap((block) => (block.id !== id ? [block] : current === null ? [] : [{ id, text: current, version }]));
  const mine = parts[at]?.text;
  const kept = choice === "mine" ? [mine] : choice === "theirs" ? [current] : [current, mine];
  const texts = kept.filter((one): one is string => one !== null && one !== undefined).map((one) => ({ id: null, text: one }));
  if (at >= 0) parts.splice(at, 1, ...texts);
  else if (choice !== "mine") {
    // the writer had taken it out: it goes back behind what it stood behind
    const above = base.slice(0, stood).reverse().find((block) => parts.some((part) => part.id === block.id));
    parts.splice(above ? parts.findIndex((part) => part.id === above.id) + 1 : 0, 0, ...texts);
  }
  return { base: stored, text: parts.map((part) => part.text).join("\n\n") };
}
