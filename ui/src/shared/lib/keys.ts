// The one place that decides what keys do. While a text is typed only the keys that send it act; while an input method
// composes, none. ⌥R types ® on a Mac, and Enter chooses the word in Chinese and Japanese.
import { useEffect } from "react";

export interface Keys {
  generate?: () => void;
  again?: () => void;
  stop?: () => void;
  proposal?: () => void;
  origins?: () => void;
  help?: () => void;
}

type Pressed = Pick<KeyboardEvent, "key" | "code" | "altKey" | "ctrlKey" | "metaKey" | "isComposing" | "keyCode">;

/** Safari ends the composition before the key that ended it: it can be told by the code 229 alone.
 * https://www.w3.org/TR/uievents/#determine-keydown-keyup-keyCode */
export function composes(event: Pick<Pressed, "isComposing" | "keyCode">): boolean {
  return event.isComposing || event.keyCode === 229;
}

function isSending(event: Pressed): boolean {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey && !composes(event);
}

const WITH_ALT: Readonly<Record<string, keyof Keys>> = { KeyR: "again", KeyP: "proposal", KeyO: "origins" };

/** What a key asks for, `typing` a text or not; null: nothing of ours. */
export function meaning(event: Pressed, typing: boolean): keyof Keys | null {
  if (typing || composes(event)) return null;
  if (isSending(event)) return "generate";
  if (event.ctrlKey || event.metaKey) return null;
  if (event.altKey) return WITH_ALT[event.code] ?? null;
  return event.key === "Escape" ? "stop" : event.key === "?" ? "help" : null;
}

const NOT_TYPED = "[type=button], [type=checkbox], [type=radio], [type=range], [type=submit], [type=reset]";

function isText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches(`input:not(${NOT_TYPED}), textarea, select`);
}

function dialogOpen(): boolean {
  return document.querySelector("[role=dialog], [role=menu]") !== null;
}

export function useKeys(keys: Keys): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || dialogOpen()) return;
      const asked = meaning(event, isText(event.target));
      const act = asked === null ? undefined : keys[asked];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [keys]);
}

/** For a text box: Ctrl or ⌘ with Enter sends what is in it. */
export function sendsOn(send: () => void) {
  return (event: React.KeyboardEvent) => {
    if (!isSending(event.nativeEvent)) return;
    event.preventDefault();
    send();
  };
}
