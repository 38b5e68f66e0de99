// The paragraph that the address names is selected, and in sight, when the chapter opens.
import { useEffect, useRef, type RefObject } from "react";
import { useLocation } from "react-router";
import type { Block } from "@/shared/api/types";
import { joined } from "./blocks";

export function useNamedPlace(box: RefObject<HTMLTextAreaElement | null>, blocks: readonly Block[]) {
  const { hash } = useLocation();
  const opened = useRef(blocks);
  useEffect(() => {
    const at = opened.current.findIndex(({ id }) => `#${id}` === hash);
    const paper = box.current;
    if (at < 0 || !paper) return;
    const before = joined(opened.current.slice(0, at));
    const start = before === "" ? 0 : before.length + 2; // a blank line stands between
    paper.focus({ preventScroll: true });
    paper.setSelectionRange(start, start + opened.current[at]!.text.length);
    const down = (start / Math.max(1, paper.value.length)) * paper.scrollHeight;
    paper.scrollTop = down - paper.clientHeight / 3;
    window.scrollTo({ top: paper.getBoundingClientRect().top + window.scrollY + (down - paper.scrollTop) - window.innerHeight / 3 });
  }, [box, hash]);
}
