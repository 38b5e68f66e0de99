// What the editor does beside typing: ids for new paragraphs, locked ones that stay, and what is marked in the text.
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, type EditorState, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import { idOf, STORED, textOf } from "./document";
import { paragraph } from "./schema";

/** Every paragraph has an id of its own. Of two with the same, as after Enter or a copy, the first keeps it; a new one
 * that says what one said that is gone, as when a text is pasted over itself, takes that one's. */
export function uniqueIds(freshId: () => string): Plugin {
  return new Plugin({
    appendTransaction: (transactions, before, state) => {
      if (!transactions.some((tr) => tr.docChanged)) return null;
      const seen = new Set<string>();
      const fresh: [number, string][] = [];
      const tr = state.tr;
      state.doc.forEach((node, offset) => {
        const id = idOf(node);
        if (id === "" || seen.has(id)) fresh.push([offset, textOf(node)]);
        else seen.add(id);
      });
      const gone = fresh.length > 0 ? goneFrom(before.doc, seen) : null;
      for (const [offset, text] of fresh) tr.setNodeAttribute(offset, "id", gone?.get(text)?.shift() ?? freshId());
      return tr.docChanged ? tr : null;
    },
  });
}

/** The ids of paragraphs that are no longer there, by their texts. */
function goneFrom(doc: Node, there: ReadonlySet<string>): Map<string, string[]> {
  const gone = new Map<string, string[]>();
  doc.forEach((node) => {
    const id = idOf(node);
    const text = textOf(node);
    if (!there.has(id) && text !== "") gone.set(text, [...(gone.get(text) ?? []), id]);
  });
  return gone;
}

export interface Shown {
  /** Paragraphs that nothing may change, and their order. */
  held: ReadonlySet<string>;
  placeholder: string;
  /** What is looked for in the text; null: nothing. */
  find: RegExp | null;
}

const key = new PluginKey<Shown>("shown");

export function shownIn(state: EditorState): Shown {
  return key.getState(state)!;
}

export function tell(tr: Transaction, shown: Partial<Shown>): Transaction {
  return tr.setMeta(key, shown);
}

/** Keeps locked paragraphs as they are; `refused` hears of each attempt to change one. */
export function marks(first: Shown, refused: () => void): Plugin<Shown> {
  return new Plugin<Shown>({
    key,
    state: {
      init: () => first,
      apply: (tr, value) => ({ ...value, ...(tr.getMeta(key) as Partial<Shown> | undefined) }),
    },
    filterTransaction: (tr, state) => {
      const { held } = shownIn(state);
      if (held.size === 0 || !tr.docChanged || tr.getMeta(STORED)) return true;
      if (heldTexts(tr.doc, held) === heldTexts(state.doc, held)) return true;
      refused();
      return false;
    },
    props: { decorations: decorated },
  });
}

function heldTexts(doc: Node, held: ReadonlySet<string>): string {
  const found: string[] = [];
  const seen = new Set<string>();
  doc.forEach((node) => {
    const id = idOf(node);
    if (!held.has(id) || seen.has(id)) return; // a half that was split off stands behind the first
    seen.add(id);
    found.push(id, node.textContent);
  });
  return found.join("\n");
}

const SCENE_BREAK = /^\s*(?:[*＊] ?[*＊] ?[*＊]|⁂|#)\s*$/;

/** One set for a paragraph as it stands: most are the same from key to key. */
function decorated(state: EditorState): DecorationSet {
  const { held, placeholder, find } = shownIn(state);
  const { doc, selection } = state;
  const found: Decoration[] = [];
  const empty = doc.childCount === 1 && doc.firstChild!.content.size === 0;
  doc.forEach((node, offset) => {
    const end = offset + node.nodeSize;
    const said: Record<string, string> = {};
    if (held.has(idOf(node))) said["data-locked"] = "true";
    if (selection.head > offset && selection.head < end) said["data-here"] = "true";
    if (node.content.size <= 7 && SCENE_BREAK.test(textOf(node))) said["data-scene-break"] = "true";
    if (empty && node.type === paragraph) said["data-placeholder"] = placeholder;
    if (Object.keys(said).length > 0) found.push(Decoration.node(offset, end, said));
    if (find !== null) {
      for (const match of node.textContent.matchAll(find)) {
        const from = offset + 1 + match.index;
        found.push(Decoration.inline(from, from + match[0].length, { "data-found": "true" }));
      }
    }
  });
  return DecorationSet.create(doc, found);
}
