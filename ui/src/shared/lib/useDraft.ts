// Words that were typed and not sent. Each tab has its own, so that two tabs do not write into each other's text; a copy
// in the browser's store outlives the tab and is offered again.
import { useCallback, useSyncExternalStore } from "react";
import { readStored, useStored, writeStored } from "./useStored";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function readOwn(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function writeOwn(key: string, text: string): void {
  try {
    if (text === "") sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    // a full or forbidden store only means that a reload forgets
  }
  for (const listener of listeners) listener();
}

export function writeDraft(key: string, text: string): void {
  writeOwn(key, text);
  writeStored(key, text);
}

export function hasDraft(key: string): boolean {
  return readOwn(key) !== "" || readStored(key) !== "";
}

export interface Draft {
  /** This tab's own words; "": none. */
  text: string;
  write: (text: string) => void;
  /** Words of a tab that was closed, or is open elsewhere; "": none. */
  offered: string;
  takeUp: () => void;
}

export function useDraft(key: string): Draft {
  const text = useSyncExternalStore(subscribe, () => readOwn(key));
  const [kept] = useStored(key);
  const write = useCallback((next: string) => writeDraft(key, next), [key]);
  const takeUp = useCallback(() => writeOwn(key, readStored(key)), [key]);
  return { text, write, offered: text === "" ? kept : "", takeUp };
}
