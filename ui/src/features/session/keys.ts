// The studio's keys. Keys never fire into a text that is being typed, save the one that sends it.
import { useEffect } from "react";

export interface Keys {
  generate: () => void;
  again: () => void;
  stop: () => void;
  proposal: () => void;
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function dialogOpen(): boolean {
  return document.querySelector("[role=dialog], [role=menu]") !== null;
}

export function useKeys(keys: Keys): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || dialogOpen()) return;
      const inText = typing(event.target);
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !inText) keys.generate();
      else if (event.code === "KeyR" && event.altKey && !event.ctrlKey && !event.metaKey) keys.again();
      else if (event.code === "KeyP" && event.altKey && !event.ctrlKey && !event.metaKey) keys.proposal();
      else if (event.key === "Escape" && !inText) keys.stop();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [keys]);
}

/** For a text box: Ctrl or ⌘ with Enter sends what is in it. */
export function sendsOn(send: () => void) {
  return (event: React.KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
}
