import { undo } from "prosemirror-history";
import { AllSelection, EditorState, TextSelection, type Command } from "prosemirror-state";
import { describe, expect, it } from "vitest";
import { applied, differs, editsOf, partsOf, type Known, type Part } from "../blocks";
import { chance } from "../chance";
import { docOf, idOf, partsIn, renaming, showing } from "./document";
import { keys } from "./keys";
import { clipboardTextParser, pastedParagraphs } from "./paste";
import { marks, uniqueIds } from "./plugins";

const base: Known[] = ["Low water.", "High water.", "Slack."].map((text, index) => ({ id: `b${index}`, text, version: 2 }));

function editor(parts: readonly Part[], held: string[] = []) {
  let fresh = 0;
  const freshId = () => `new${fresh++}`;
  const shown = { held: new Set(held), placeholder: "", find: null };
  let refused = 0;
  const plugins = [marks(shown, () => refused++), uniqueIds(freshId), ...keys()];
  let state = EditorState.create({ doc: docOf(parts, freshId), plugins });
  return {
    get state() {
      return state;
    },
    get refused() {
      return refused;
    },
    freshId,
    at(paragraph: number, offset: number) {
      let start = 1;
      for (let index = 0; index < paragraph; index++) start += state.doc.child(index).nodeSize;
      state = state.apply(state.tr.setSelection(TextSelection.create(state.doc, start + offset)));
      return this;
    },
    do(command: Command) {
      command(state, (tr) => (state = state.apply(tr)));
      return this;
    },
    press(key: string) {
      const event = { key, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, keyCode: 0 } as KeyboardEvent;
      const view = { state, dispatch: (tr: EditorState["tr"]) => (state = state.apply(tr)), endOfTextblock: (way: string) => (way === "backward" ? state.selection.$head.parentOffset === 0 : false) };
      for (const plugin of state.plugins) if (plugin.props.handleKeyDown?.call(plugin, view as never, event)) break;
      return this;
    },
    type(text: string) {
      state = state.apply(state.tr.insertText(text));
      return this;
    },
    show(parts: readonly Part[]) {
      const tr = showing(state, parts, freshId);
      if (tr) state = state.apply(tr);
      return this;
    },
    apply(tr: EditorState["tr"]) {
      state = state.apply(tr);
      return this;
    },
  };
}

describe("the editor's document", () => {
  it("is the stored paragraphs, letter for letter", () => {
    const odd = [{ id: "x", text: "*stars*  and\nlines\t<b>" }, { id: "y", text: "***" }];
    expect(partsIn(docOf(odd, () => "z"))).toEqual(odd);
    expect(partsIn(docOf([], () => "z"))).toEqual([{ id: "z", text: "" }]);
  });

  it("splits with Enter and joins with Backspace, the first id kept", () => {
    const split = editor(partsOf(base)).at(1, 5).press("Enter");
    expect(partsIn(split.state.doc)).toEqual([
      { id: "b0", text: "Low water." },
      { id: "b1", text: "High " },
      { id: "new0", text: "water." },
      { id: "b2", text: "Slack." },
    ]);
    split.press("Backspace");
    expect(partsIn(split.state.doc)).toEqual(partsOf(base));
  });

  it("pushes a paragraph down as it is with Enter at its start", () => {
    const pushed = editor(partsOf(base), ["b1"]).at(1, 0).press("Enter");
    expect(partsIn(pushed.state.doc).map(({ id }) => id)).toEqual(["b0", "new0", "b1", "b2"]);
    expect(pushed.refused).toBe(0);
  });

  it("never lets a locked paragraph be changed, joined or deleted", () => {
    const locked = editor(partsOf(base), ["b1"]);
    locked.at(1, 3).type("x").press("Enter").at(2, 0).press("Backspace").at(1, 0).press("Backspace");
    locked.apply(locked.state.tr.delete(0, locked.state.doc.content.size));
    expect(partsIn(locked.state.doc)).toEqual(partsOf(base));
    expect(locked.refused).toBe(5);
    locked.at(1, 11).press("Enter").type("Behind it.");
    expect(partsIn(locked.state.doc).map(({ text }) => text)).toEqual(["Low water.", "High water.", "Behind it.", "Slack."]);
  });

  it("takes up what others saved without moving the caret or the undo of what was typed here", () => {
    const mine = editor(partsOf(base)).at(2, 6).type(" Then more.");
    const theirs = [{ id: "t", text: "Theirs." }, ...partsIn(mine.state.doc).map((part) => (part.id === "b0" ? { ...part, text: "Ebb." } : part))];
    mine.show(theirs);
    expect(partsIn(mine.state.doc)).toEqual(theirs);
    expect(mine.state.selection.$head.parent.textContent).toBe("Slack. Then more.");
    expect(mine.state.selection.$head.parentOffset).toBe(17);
    mine.do(undo);
    expect(partsIn(mine.state.doc).map(({ text }) => text)).toEqual(["Theirs.", "Ebb.", "High water.", "Slack."]);
  });

  it("keeps an empty paragraph that is about to be typed into", () => {
    const mine = editor(partsOf(base)).at(1, 11).press("Enter");
    mine.show([...partsOf(base), { id: "t", text: "Theirs." }]);
    expect(partsIn(mine.state.doc).map(({ id }) => id)).toEqual(["b0", "b1", "new0", "b2", "t"]);
    expect(idOf(mine.state.selection.$head.parent)).toBe("new0");
  });

  it("knows its paragraphs again when a whole text is pasted over them", () => {
    const mine = editor(partsOf(base));
    mine.apply(mine.state.tr.setSelection(new AllSelection(mine.state.doc)));
    mine.apply(mine.state.tr.replaceSelection(clipboardTextParser("Low water.\n\nNew.\n\nSlack.", mine.state.selection.$head, false)));
    expect(editsOf(base, partsIn(mine.state.doc))).toEqual([
      { op: "insert", block_id: "new0", after: "b0", text: "New." },
      { op: "delete", block_id: "b1", based_on: 2 },
    ]);
  });

  it("has all of it back with an undo after all was taken out and saved", () => {
    const mine = editor(partsOf(base));
    mine.apply(mine.state.tr.setSelection(new AllSelection(mine.state.doc)));
    mine.press("Delete");
    expect(partsIn(mine.state.doc).map(({ text }) => text)).toEqual([""]);
    mine.show([]).do(undo);
    expect(partsIn(mine.state.doc)).toEqual(partsOf(base));
  });

  it("puts what comes into a text without a word in the place of its empty paragraph", () => {
    expect(partsIn(editor([]).show(partsOf(base)).state.doc)).toEqual(partsOf(base));
  });

  it("gives paragraphs other ids without an undo of it", () => {
    const mine = editor(partsOf(base)).at(0, 0).type("x");
    mine.apply(renaming(mine.state, new Map([["b1", "other"]])));
    expect(partsIn(mine.state.doc)[1]).toEqual({ id: "other", text: "High water." });
    mine.do(undo);
    expect(partsIn(mine.state.doc)[1]!.id).toBe("other");
  });

  it("is what is stored after any keys and any saves between them", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const next = chance(seed);
      const typing = editor(partsOf(base));
      let known: readonly Known[] = base;
      for (let step = 0; step < 30; step++) {
        const paragraph = next(typing.state.doc.childCount);
        typing.at(paragraph, next(typing.state.doc.child(paragraph).content.size + 1));
        const press = next(7);
        if (press === 0) typing.press("Enter");
        else if (press === 1) typing.press("Backspace");
        else if (press === 2) typing.apply(typing.state.tr.replaceSelection(clipboardTextParser("One.\n\nTwo.\nthree.", typing.state.selection.$head, false)));
        else if (press === 3) typing.do(undo);
        else typing.type("ab 字");
        const parts = partsIn(typing.state.doc);
        expect(new Set(parts.map(({ id }) => id)).size).toBe(parts.length);
        if (next(3) > 0) continue;
        known = applied(known, editsOf(known, parts), step + 3);
        expect(differs(known, parts), `seed ${seed}`).toBe(false);
        typing.show(partsOf(known));
        expect(differs(known, partsIn(typing.state.doc)), `seed ${seed}`).toBe(false);
      }
    }
  });
});

describe("what is pasted", () => {
  it("has paragraphs at blank lines, or at every line where there are none", () => {
    expect(pastedParagraphs("One\ntwo.\r\n\r\nThree.")).toEqual(["One\ntwo.", "Three."]);
    expect(pastedParagraphs("One.\nTwo.\n")).toEqual(["One.", "Two."]);
    expect(pastedParagraphs("word")).toEqual(["word"]);
  });
});

