// What keys do in the editor. An input method's own keys never come here: the editor's view holds them back.
import { baseKeymap, chainCommands } from "prosemirror-commands";
import { closeHistory, history, redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { TextSelection, type Command, type Plugin } from "prosemirror-state";
import { lineBreak, paragraph } from "./schema";

/** At its start a paragraph is pushed down as it is: a new one stands before it. */
const newAbove: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.depth !== 1 || $from.parentOffset > 0 || $from.parent.content.size === 0) return false;
  dispatch?.(state.tr.insert($from.before(1), paragraph.create()).scrollIntoView());
  return true;
};

const breakLine: Command = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(lineBreak.create(), false).scrollIntoView());
  return true;
};

/** The paragraph of the caret changes places with the one above or below. */
function move(way: -1 | 1): Command {
  return (state, dispatch) => {
    const { $head } = state.selection;
    if ($head.depth !== 1) return false;
    const index = $head.index(0);
    const other = state.doc.maybeChild(index + way);
    if (!other) return true;
    const start = $head.before(1);
    const { parent: node, parentOffset } = $head;
    const from = way < 0 ? start - other.nodeSize : start;
    const tr = state.tr.replaceWith(from, from + node.nodeSize + other.nodeSize, way < 0 ? [node, other] : [other, node]);
    const at = (way < 0 ? from : from + other.nodeSize) + 1 + parentOffset;
    // a step of its own to undo, however fast it followed
    dispatch?.(closeHistory(tr).setSelection(TextSelection.create(tr.doc, at)).scrollIntoView());
    return true;
  };
}

export function keys(): Plugin[] {
  return [
    history({ newGroupDelay: 600 }),
    keymap({
      "Mod-z": undo,
      "Mod-y": redo,
      "Shift-Mod-z": redo,
      "Shift-Enter": breakLine,
      "Alt-ArrowUp": move(-1),
      "Alt-ArrowDown": move(1),
      Enter: chainCommands(newAbove, baseKeymap["Enter"]!),
    }),
    keymap({ ...baseKeymap, Escape: () => false }),
  ];
}
