// One stop of the Tab key for everything in a text that can be pressed; the arrow keys, Home and End go between.
import { useEffect, type RefObject } from "react";

const STOPS = "[data-field-tool], [data-figure-tool], summary";
const STEPS: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** One stop of the Tab key for all locks, comments and folds of a text; the arrow keys, Home and End go between them. */
export function useRoving(text: RefObject<HTMLElement | null>): void {
  // after every drawing: fields come and go
  useEffect(() => settle(text.current, null));
  useEffect(() => {
    const group = text.current;
    if (group === null) return;
    const focused = (event: FocusEvent) => settle(group, event.target as HTMLElement);
    const toggled = () => settle(group, null);
    const pressed = (event: KeyboardEvent) => {
      const stops = stopsIn(group);
      const at = stops.indexOf(event.target as HTMLElement);
      if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
      const step = STEPS[event.key];
      const to = event.key === "Home" ? 0 : event.key === "End" ? stops.length - 1 : step === undefined ? null : at + step;
      if (to === null) return;
      event.preventDefault();
      stops[to]?.focus();
    };
    group.addEventListener("focusin", focused);
    group.addEventListener("toggle", toggled, true); // it does not bubble
    group.addEventListener("keydown", pressed);
    return () => {
      group.removeEventListener("focusin", focused);
      group.removeEventListener("toggle", toggled, true);
      group.removeEventListener("keydown", pressed);
    };
  }, [text]);
}

function stopsIn(group: HTMLElement): HTMLElement[] {
  // what is folded away cannot be focused
  return [...group.querySelectorAll<HTMLElement>(STOPS)].filter((stop) => stop.checkVisibility());
}

/** Gives the one stop to `wanted`, else leaves it where it is, else to the first. */
function settle(group: HTMLElement | null, wanted: HTMLElement | null): void {
  if (group === null) return;
  // after every drawing, so no more of them are asked whether they can be seen than it takes: that is slow
  const stops = [...group.querySelectorAll<HTMLElement>(STOPS)];
  const seen = (stop: HTMLElement) => stop.checkVisibility();
  const kept = stops.find((stop) => stop === wanted && seen(stop)) ?? stops.find((stop) => stop.hasAttribute("data-stop") && seen(stop));
  const chosen = kept ?? stops.find(seen);
  for (const stop of stops) {
    const mark = stop === chosen;
    if (stop.tabIndex === (mark ? 0 : -1) && stop.hasAttribute("data-stop") === mark) continue;
    stop.tabIndex = mark ? 0 : -1;
    stop.toggleAttribute("data-stop", mark);
  }
}
