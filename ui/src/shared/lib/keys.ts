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
  /** Through the history: an event back or on, a stage back or on, its ends, and playing it. */
  back?: () => void;
  on?: () => void;
  stageBack?: () => void;
  stageOn?: () => void;
  first?: () => void;
  last?: () => void;
  play?: () => void;
}

type Pressed = Pick<
  KeyboardEvent,
  "key" | "code" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey" | "isComposing" | "keyCode"
>;

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
  if (event.shiftKey) return SHIFTED[event.key] ?? null;
  return PLAIN[event.key] ?? null;
}

const PLAIN: Partial<Record<string, keyof Keys>> = {
  Escape: "stop",
  "?": "help",
  ArrowLeft: "back",
  ArrowRight: "on",
  Home: "first",
  End: "last",
  " ": "play",
};
const SHIFTED: Partial<Record<string, keyof Keys>> = { Escape: "stop", "?": "help", ArrowLeft: "stageBack", ArrowRight: "stageOn" };

const MOVING: readonly (keyof Keys)[] = ["back", "on", "stageBack", "stageOn", "first", "last"];
const USES_ARROWS = "input:not([data-time]), figure *, [role=tree] *, [role=tablist] *, [role=slider], [tabindex='0']";
const USES_SPACE = "a, button, summary, input:not([data-time]), [role=treeitem], [tabindex='0']";

/** Whether the key already does something where the focus is: a choice is moved, a button pressed, a selection made longer. */
function isTaken(asked: keyof Keys, target: EventTarget | null): boolean {
  if (asked === "play") return target instanceof Element && target.matches(USES_SPACE);
  if (!MOVING.includes(asked)) return false;
  const selects = asked.startsWith("stage") && window.getSelection()?.isCollapsed === false;
  return selects || (target instanceof Element && target.matches(USES_ARROWS));
}

const NOT_TYPED = "[type=button], [type=checkbox], [type=radio], [type=range], [type=submit], [type=reset]";

function isText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches(`input:not(${NOT_TYPED}), textarea, select`);
}

const DIALOGS = "[role=dialog], [role=menu]";

/** A dialog that this very key has closed is gone from the page, but the key was still pressed in it. */
function isOfDialog(target: EventTarget | null): boolean {
  return document.querySelector(DIALOGS) !== null || (target instanceof Element && target.closest(DIALOGS) !== null);
}

export function useKeys(keys: Keys): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isOfDialog(event.target)) return;
      const asked = meaning(event, isText(event.target));
      const act = asked === null ? undefined : keys[asked];
      if (asked === null || !act || isTaken(asked, event.target)) return;
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
