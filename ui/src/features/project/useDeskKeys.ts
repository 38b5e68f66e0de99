// Keys of the desk that are not the text's own. While an input method composes, none acts.
import { useEffect } from "react";
import { composes } from "@/shared/lib/keys";

export interface DeskActs {
  find: () => void;
  save: () => void;
  help: () => void;
  close: () => void;
  previous: () => void;
  next: () => void;
}

const WITH_CTRL: Partial<Record<string, keyof DeskActs>> = { f: "find", s: "save", "/": "help" };
const WITH_ALT: Partial<Record<string, keyof DeskActs>> = { PageUp: "previous", PageDown: "next" };
const PLAIN: Partial<Record<string, keyof DeskActs>> = { Escape: "close" };

export function useDeskKeys(acts: DeskActs): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (composes(event) || event.shiftKey) return;
      if (event.defaultPrevented && event.key !== "Escape") return; // the editor does nothing with it, and says it did
      if (document.querySelector("[role=dialog], [role=menu]") !== null) return;
      const keys = event.altKey ? WITH_ALT : event.ctrlKey || event.metaKey ? WITH_CTRL : PLAIN;
      const asked = keys[event.key];
      if (asked === undefined) return;
      event.preventDefault();
      acts[asked]();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [acts]);
}
