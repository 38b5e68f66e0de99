// Text that survives a reload: kept in this browser until it is sent.
import { useCallback, useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

export function readStored(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function writeStored(key: string, value: string): void {
  try {
    if (value === "") localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // a full or forbidden store only means that a reload forgets
  }
  for (const listener of listeners) listener();
}

/** Where a genesis that has not begun yet is kept: what everything of it is stored under begins so. */
export const NEW_GENESIS = "genesis:new:";

/** Takes away all that is stored under names that begin so. */
export function forgetStored(prefix: string): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) writeStored(key, "");
  } catch {
    // a forbidden store holds nothing
  }
}

/** A string in the browser's store, "" when there is none. */
export function useStored(key: string): [string, (value: string) => void] {
  const value = useSyncExternalStore(subscribe, () => readStored(key));
  const set = useCallback((next: string) => writeStored(key, next), [key]);
  return [value, set];
}

/** The same for a value of any shape. */
export function useStoredValue<T>(key: string): [T | null, (value: T | null) => void] {
  const [text, setText] = useStored(key);
  const set = useCallback((next: T | null) => setText(next === null ? "" : JSON.stringify(next)), [setText]);
  return [parse<T>(text), set];
}

function parse<T>(text: string): T | null {
  if (!text) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}
