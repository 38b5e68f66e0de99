// What this browser keeps: choices of the reader, the same in every tab, and drafts, each of one tab.
import { useCallback, useSyncExternalStore } from "react";
import { clientId } from "./clientId";
import { Kept } from "./kept";

const inBrowser = typeof window !== "undefined";

export const kept = new Kept(
  () => localStorage,
  (name) => inBrowser && name.endsWith(`@${clientId()}`),
);

if (inBrowser) {
  window.addEventListener("storage", (event) => kept.heard(event.key, event.newValue));
  window.addEventListener("pagehide", () => kept.flush());
  window.addEventListener("pageshow", (event) => event.persisted && kept.reread());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && kept.flush());
}

export function readStored(key: string): string {
  return kept.get(key);
}

export function writeStored(key: string, value: string): void {
  kept.set(key, value);
}

/** Where a genesis that has not begun yet is kept: what everything of it is stored under begins so. */
export const NEW_GENESIS = "genesis:new:";

/** Takes away all that is stored under names that begin so. */
export function forgetStored(prefix: string): void {
  kept.forget(prefix);
}

/** A string in the browser's store, "" when there is none. */
export function useStored(key: string): [string, (value: string) => void] {
  const value = useSyncExternalStore(kept.subscribe, () => readStored(key));
  const set = useCallback((next: string) => writeStored(key, next), [key]);
  return [value, set];
}

/** The same for a value of any shape. */
export function useStoredValue<T>(key: string): [T | null, (value: T | null) => void] {
  const [text, setText] = useStored(key);
  const set = useCallback((next: T | null) => setText(next === null ? "" : JSON.stringify(next)), [setText]);
  return [parse<T>(text), set];
}

/** Whether there are drafts that cannot be kept for a reload. */
export function useNotKept(): boolean {
  return useSyncExternalStore(kept.subscribe, () => kept.uncopied.some((name) => name.includes("@")));
}

function parse<T>(text: string): T | null {
  if (!text) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}
