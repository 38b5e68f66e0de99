// Places in the text that is shown, by paragraph or by words: selected, and brought into sight.
import { TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { startOf } from "./document";

const HALF = 2;

/** Selects characters of a paragraph, all of them if `to` is not given. Whether it is there. */
export function selectIn(view: EditorView, id: string, from = 0, to?: number): boolean {
  const start = startOf(view.state.doc, id);
  if (start === null) return false;
  const size = view.state.doc.nodeAt(start)!.content.size;
  const place = (at: number) => start + 1 + Math.min(at, size);
  const selection = TextSelection.create(view.state.doc, place(from), place(to ?? size));
  view.focus();
  view.dispatch(view.state.tr.setSelection(selection));
  inSight(view, "smooth");
  return true;
}

/** The `nth` time, from 0, that these words stand in the text. */
export function selectWords(view: EditorView, words: string, nth: number): void {
  let left = nth;
  let found: [number, number] | null = null;
  view.state.doc.forEach((node, offset) => {
    const text = node.textContent;
    for (let at = text.indexOf(words); at >= 0 && found === null; at = text.indexOf(words, at + 1)) {
      if (left-- === 0) found = [offset + 1 + at, offset + 1 + at + words.length];
    }
  });
  if (found === null) return; // it was changed since
  view.focus();
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, found[0], found[1])));
  inSight(view, "smooth");
}

/** Scrolls so that the caret's line is in the middle. */
export function inSight(view: EditorView, behavior: ScrollBehavior): void {
  const { top, bottom } = view.coordsAtPos(view.state.selection.head);
  const scroller = view.dom.closest("[data-scrolls]") ?? document.scrollingElement;
  scroller?.scrollBy({ top: (top + bottom) / HALF - window.innerHeight / HALF, behavior });
}

/** The editor on the page, for the parts of it that point into the text. There is one at most. */
let open: EditorView | null = null;

export function opened(view: EditorView): () => void {
  open = view;
  return () => {
    if (open === view) open = null;
  };
}

export function editorOnPage(): EditorView | null {
  return open;
}
