// What can be done with a field while it is read: lock it, or speak about it. Absent where content is only read.
import { createContext, useContext } from "react";

export interface FieldTools {
  locked: readonly string[];
  /** Why locks cannot be changed now; null: they can. */
  whyNotLock: string | null;
  toggleLock: (path: string) => void;
  whyNotComment: string | null;
  comment: (path: string, label: string) => void;
}

export const FieldToolsContext = createContext<FieldTools | null>(null);

export function useFieldTools(): FieldTools | null {
  return useContext(FieldToolsContext);
}

/** Names of people and places by their ids. */
export const NamesContext = createContext<ReadonlyMap<string, string>>(new Map());
