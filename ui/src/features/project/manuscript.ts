// What an open chapter's manuscript is made of, and how it begins: from what is stored, and from words kept in this browser. Pure.
import type { Chapter, Edit } from "@/shared/api/types";
import type { Worth } from "@/shared/lib/drafts";
import { caughtUp, matched, partsOf, type Known, type Part } from "./blocks";

/** Beside the text of kept words: what they are based on, and their paragraphs with their ids. */
interface Kept {
  base?: Known[];
  parts?: Part[];
}

export interface Doing {
  base: readonly Known[];
  parts: readonly Part[];
  /** Ids that were stored at any time: none of them names a new paragraph. */
  used: Set<string>;
  /** The last version of the chapter that this tab has all of, and the newest that it has heard of. */
  version: number;
  heard: number;
  busy: boolean;
  /** Sent and not answered: it goes again as it was. */
  pending: { id: string; edits: Edit[]; style_only: boolean } | null;
  since: number | null;
}

const LEFT_MS = 20_000;

/** What another tab is typing just now it will save itself. */
export const isLeft: Worth = ({ text, at }) => text !== "" && Date.now() - at > LEFT_MS;

export function begun(chapter: Chapter, text: string, details: string, freshId: () => string): Doing {
  const kept = text === "" && details === "" ? null : keptIn(text, details, chapter.blocks, freshId);
  const base = kept === null ? chapter.blocks : caughtUp(kept.base, kept.parts, chapter.blocks);
  return {
    base,
    parts: kept?.parts ?? partsOf(base),
    used: new Set([...base, ...chapter.blocks].map(({ id }) => id)),
    version: chapter.version,
    heard: chapter.version,
    busy: false,
    pending: null,
    since: null,
  };
}

/** Kept words. What they are based on is `found` where they do not say. */
export function keptIn(text: string, details: string, found: readonly Known[], freshId: () => string): { base: readonly Known[]; parts: Part[] } {
  const { base, parts } = detailsIn(details);
  const stood = Array.isArray(base) ? base : found;
  return { base: stood, parts: Array.isArray(base) && Array.isArray(parts) ? parts : matched(stood, text, freshId) };
}

function detailsIn(details: string): Kept {
  try {
    return JSON.parse(details) as Kept;
  } catch {
    return {};
  }
}

export function asKept(base: readonly Known[], parts: readonly Part[]): string {
  return JSON.stringify({ base, parts });
}
