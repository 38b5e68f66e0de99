// How long a text is, as writers count: words, and characters where a language has no spaces.
import { asObject } from "./values";

const CJK = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/g;
const NOT_PROSE = new Set(["id", "key", "parent_id", "target_id", "pov_character_id", "character_ids", "location_ids"]);

export interface Length {
  words: number;
  characters: number;
}

export function countText(text: string): Length {
  const characters = text.match(CJK)?.length ?? 0;
  const rest = text.replace(CJK, " ");
  return { words: rest.match(/[\p{L}\p{N}]+(?:['’\-.][\p{L}\p{N}]+)*/gu)?.length ?? 0, characters };
}

/** All prose in a content; ids and numbers do not count. */
export function countContent(value: unknown): Length {
  if (typeof value === "string") return countText(value);
  const parts = Array.isArray(value)
    ? value
    : Object.entries(asObject(value))
        .filter(([key]) => !NOT_PROSE.has(key))
        .map(([, part]) => part);
  return parts.map(countContent).reduce(
    (sum, part) => ({ words: sum.words + part.words, characters: sum.characters + part.characters }),
    { words: 0, characters: 0 },
  );
}
