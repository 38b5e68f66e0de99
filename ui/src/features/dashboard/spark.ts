// A genesis that has not begun: its spark and what goes with it, one draft of this tab.
import { useMemo } from "react";
import type { Mode } from "@/shared/api/types";
import { useDraft, type Draft } from "@/shared/lib/useDraft";
import type { Words } from "@/shared/lib/drafts";
import { NEW_GENESIS } from "@/shared/lib/useStored";

export type Door = "inspire" | "refine";

interface Fields {
  door: Door;
  genre: string;
  audience: string;
  /** "": not chosen. */
  language: string;
  mode: Mode;
}

const EMPTY: Fields = { door: "inspire", genre: "", audience: "", language: "", mode: "guided" };

export interface SparkDraft {
  draft: Draft;
  fields: Fields;
  set: (fields: Partial<Fields>) => void;
}

export function useSpark(): SparkDraft {
  const draft = useDraft(`${NEW_GENESIS}spark`, holdsWords);
  const { details, setDetails } = draft;
  const fields = useMemo(() => fieldsOf(details), [details]);
  return { draft, fields, set: (changed) => setDetails(JSON.stringify({ ...fields, ...changed })) };
}

/** All that was typed of it, to be looked at. */
export function spoken({ text, details }: Words): string {
  const { genre, audience } = fieldsOf(details);
  return [text, genre, audience].filter((said) => said.trim() !== "").join(" · ");
}

function holdsWords(words: Words): boolean {
  return spoken(words) !== "";
}

function fieldsOf(details: string): Fields {
  try {
    return { ...EMPTY, ...(JSON.parse(details) as Partial<Fields>) };
  } catch {
    return EMPTY;
  }
}
