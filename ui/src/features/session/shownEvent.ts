// An event of the history that the address names: #event-12. Whoever follows such a link sees it, and goes on from there.
import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

export function eventId(version: number): string {
  return `event-${version}`;
}

/** Its version; null: the address names none. */
export function useShownEvent(): number | null {
  const found = /^#event-([0-9]{1,15})$/.exec(useLocation().hash);
  return found ? Number(found[1]) : null;
}

/** Calls `show` whenever such a link is followed, the same one again included. */
export function useWhenEventIsShown(show: () => void): void {
  const version = useShownEvent();
  const { key } = useLocation();
  const latest = useRef(show);
  useEffect(() => {
    latest.current = show;
  });
  useEffect(() => {
    if (version !== null) latest.current();
  }, [version, key]);
}

/** Brings the event into sight as soon as the history has it, and puts the focus there. */
export function useFocusOnShownEvent(has: (version: number) => boolean): void {
  const version = useShownEvent();
  const { key } = useLocation();
  const known = version !== null && has(version);
  useEffect(() => {
    if (!known) return;
    const entry = document.getElementById(eventId(version));
    entry?.scrollIntoView({ block: "center" });
    entry?.focus({ preventScroll: true });
  }, [known, version, key]);
}
