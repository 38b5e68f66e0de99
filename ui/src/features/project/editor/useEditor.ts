// The editor of a manuscript: made once, told what comes from elsewhere, and telling what is typed.
import { EditorState } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import { newCommandId } from "@/shared/api/client";
import { heldFast } from "../locks";
import type { Manuscript } from "../useManuscript";
import { docOf, idOf, partsIn, renaming, showing, STORED } from "./document";
import { keys } from "./keys";
import { clipboardTextParser, clipboardTextSerializer, transformPastedHTML } from "./paste";
import { inSight, opened } from "./places";
import { marks, tell, uniqueIds } from "./plugins";

export interface Look {
  /** Attributes of the box that is typed into; they stay as they are when it is made. */
  attributes: Record<string, string>;
  placeholder: string;
  /** Whether the line that is written stays in the middle. */
  typewriter: boolean;
  find: RegExp | null;
}

/** Makes the editor in `place`. Gives the id of the paragraph that the caret is in. */
export function useEditor(place: RefObject<HTMLElement | null>, manuscript: Manuscript, look: Look): string | null {
  const view = useRef<EditorView | null>(null);
  const latest = useRef(manuscript);
  const typewriter = useRef(look.typewriter);
  const [first] = useState(look);
  const [here, setHere] = useState<string | null>(null);
  const { attach } = manuscript;
  useLayoutEffect(() => {
    latest.current = manuscript;
    typewriter.current = look.typewriter;
  });
  useLayoutEffect(() => {
    if (!place.current) return undefined;
    const { now, blocks } = latest.current;
    const shown = { held: heldFast(blocks, now()), placeholder: first.placeholder, find: first.find };
    const state = EditorState.create({
      doc: docOf(now(), newCommandId),
      plugins: [marks(shown, () => latest.current.refuse(true)), uniqueIds(newCommandId), ...keys()],
    });
    const made = new EditorView(place.current, {
      state,
      attributes: first.attributes,
      clipboardTextParser,
      clipboardTextSerializer,
      transformPastedHTML,
      handleDOMEvents: { blur: () => void latest.current.save() },
      dispatchTransaction: (tr) => {
        const before = made.state;
        const { state: after, transactions } = before.applyTransaction(tr);
        made.updateState(after);
        if (transactions.some((one) => one.docChanged && !one.getMeta(STORED))) latest.current.write(partsIn(after.doc));
        const { $head } = after.selection;
        setHere($head.depth === 0 ? null : idOf($head.node(1)));
        if (typewriter.current && made.hasFocus() && before.selection.head !== after.selection.head) inSight(made, "instant");
      },
    });
    view.current = made;
    const close = opened(made);
    const detach = attach({
      show: (parts, base) => {
        const held = heldFast(base, parts);
        made.dispatch(tell(showing(made.state, parts, newCommandId) ?? made.state.tr, { held }));
      },
      rename: (ids) => made.dispatch(renaming(made.state, ids)),
    });
    return () => {
      detach();
      close();
      made.destroy();
      view.current = null;
    };
  }, [attach, first, place]);
  const { placeholder, find } = look;
  useEffect(() => {
    view.current?.dispatch(tell(view.current.state.tr, { placeholder, find }));
  }, [placeholder, find]);
  return here;
}
