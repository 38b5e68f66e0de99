// Between paragraphs as they are saved and the editor's document. Pure.
import type { Node } from "prosemirror-model";
import { TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import { cleaned, type Part } from "../blocks";
import { lineBreak, paragraph, schema } from "./schema";

/** Set on transactions that show what came from elsewhere: they are neither refused, saved nor undone. */
export const STORED = "stored";

/** A paragraph, with the text that was read of it last: most stay the same from key to key. */
const texts = new WeakMap<Node, string>();

export function textOf(node: Node): string {
  const known = texts.get(node);
  if (known !== undefined) return known;
  const text = cleaned(node.textContent);
  texts.set(node, text);
  return text;
}

export function idOf(node: Node): string {
  return (node.attrs as { id: string | null }).id ?? "";
}

export function partsIn(doc: Node): Part[] {
  const parts: Part[] = [];
  doc.forEach((node) => void parts.push({ id: idOf(node), text: textOf(node) }));
  return parts;
}

export function nodeOf({ id, text }: Part): Node {
  return paragraph.create({ id }, inlines(text));
}

export function inlines(text: string): Node[] {
  return text.split("\n").flatMap((line, index) => [...(index > 0 ? [lineBreak.create()] : []), ...(line === "" ? [] : [schema.text(line)])]);
}

/** There is always a paragraph to type into. */
export function docOf(parts: readonly Part[], freshId: () => string): Node {
  return schema.node("doc", null, parts.length > 0 ? parts.map(nodeOf) : [paragraph.create({ id: freshId() })]);
}

/** Shows these paragraphs, with the caret where it is and without touching those that are the same; null: it shows them. */
export function showing(state: EditorState, parts: readonly Part[], freshId: () => string): Transaction | null {
  const before = state.doc.content.content;
  const after = withEmpty(before, parts);
  if (after.length === 0) after.push({ id: before[0] ? idOf(before[0]) : freshId(), text: "" });
  const same = (node: Node | undefined, part: Part | undefined) => node && part && idOf(node) === part.id && textOf(node) === part.text;
  let top = 0;
  while (top < before.length && top < after.length && same(before[top], after[top])) top++;
  let bottom = 0;
  while (bottom < before.length - top && bottom < after.length - top && same(before.at(-1 - bottom), after.at(-1 - bottom))) bottom++;
  if (top === before.length && top === after.length) return null;
  const tr = state.tr.setMeta(STORED, true).setMeta("addToHistory", false);
  const from = before.slice(0, top).reduce((sum, node) => sum + node.nodeSize, 0);
  const old = before.slice(top, before.length - bottom);
  const fresh = after.slice(top, after.length - bottom);
  if (old.length === fresh.length && old.every((node, index) => idOf(node) === fresh[index]!.id)) {
    let end = old.reduce((sum, node) => sum + node.nodeSize, from);
    for (let index = old.length - 1; index >= 0; index--) {
      const node = old[index]!;
      const start = end - node.nodeSize;
      if (!same(node, fresh[index])) tr.replaceWith(start + 1, end - 1, inlines(fresh[index]!.text));
      end = start;
    }
  } else {
    const known = new Map(old.map((node) => [idOf(node), node]));
    const nodes = fresh.map((part) => (same(known.get(part.id), part) ? known.get(part.id)! : nodeOf(part)));
    tr.replaceWith(from, old.reduce((sum, node) => sum + node.nodeSize, from), nodes);
  }
  return keepSelection(state, tr);
}

/** Empty paragraphs are not saved, but the writer may be about to type into one. */
function withEmpty(before: readonly Node[], parts: readonly Part[]): Part[] {
  if (before.length === 1 && parts.length > 0 && textOf(before[0]!) === "") return [...parts]; // nothing stood here
  const named = new Set(parts.map(({ id }) => id));
  const behind = new Map<string, Part[]>();
  let above = "";
  for (const node of before) {
    const id = idOf(node);
    if (textOf(node).trim() === "" && !named.has(id)) behind.set(above, [...(behind.get(above) ?? []), { id, text: "" }]);
    else above = id;
  }
  return [...(behind.get("") ?? []), ...parts.flatMap((part) => [part, ...(behind.get(part.id) ?? [])])];
}

function keepSelection({ doc, selection }: EditorState, tr: Transaction): Transaction {
  const place = (at: number) => {
    const $at = doc.resolve(at);
    if ($at.depth === 0) return null;
    const start = startOf(tr.doc, idOf($at.node(1)));
    if (start === null) return null;
    return start + 1 + Math.min($at.parentOffset, tr.doc.nodeAt(start)!.content.size);
  };
  const anchor = place(selection.anchor);
  const head = place(selection.head);
  return anchor === null || head === null ? tr : tr.setSelection(TextSelection.create(tr.doc, anchor, head));
}

/** Where the paragraph stands in the document; null: nowhere. */
export function startOf(doc: Node, id: string): number | null {
  let found: number | null = null;
  doc.forEach((node, offset) => {
    if (found === null && idOf(node) === id) found = offset;
  });
  return found;
}

/** Gives paragraphs other ids. */
export function renaming(state: EditorState, ids: ReadonlyMap<string, string>): Transaction {
  const tr = state.tr.setMeta(STORED, true).setMeta("addToHistory", false);
  state.doc.forEach((node, offset) => {
    const id = ids.get(idOf(node));
    if (id !== undefined) tr.setNodeAttribute(offset, "id", id);
  });
  return tr;
}
