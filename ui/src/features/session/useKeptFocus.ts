// When what had the focus goes away (a button of a stage that is done), the keyboard goes on at the heading, not at nothing.
import { useEffect, useRef, type RefObject } from "react";

export function useKeptFocus(heading: RefObject<HTMLElement | null>): void {
  const last = useRef<Element | null>(null);
  useEffect(() => {
    const noted = (event: FocusEvent) => {
      last.current = event.target as Element;
    };
    document.addEventListener("focusin", noted);
    return () => document.removeEventListener("focusin", noted);
  }, []);
  // after every drawing: only then can it be seen that something went
  useEffect(() => {
    const lost = document.activeElement === document.body && last.current !== null && !last.current.isConnected;
    if (lost && document.querySelector("[role=dialog]") === null) heading.current?.focus({ preventScroll: true });
  });
}
