// Words that are looked for: what finds them in the text that is open, and what a paragraph is once they are replaced. Pure.
import type { Edit } from "@/shared/api/types";
import type { Known } from "./blocks";

export interface Wanted {
  words: string;
  case: boolean;
  whole: boolean;
}

export interface Place {
  block_id: string;
  version: number;
  start: number;
  end: number;
}

const UNSPACED = "\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff";
const WORD = `(?![${UNSPACED}])[\\p{L}\\p{N}]`;
const IS_WORD = new RegExp(`^${WORD}$`, "u");

/** As the server looks for them (projections/project/search.py); null: there are none. */
export function pattern({ words, case: capitals, whole }: Wanted): RegExp | null {
  if (words === "") return null;
  const letters = [...words];
  const before = whole && IS_WORD.test(letters[0]!) ? `(?<!${WORD})` : "";
  const behind = whole && IS_WORD.test(letters.at(-1)!) ? `(?!${WORD})` : "";
  return new RegExp(`${before}${words.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}${behind}`, capitals ? "gu" : "giu");
}

/** What has to be said of each place to tell it from all others. */
export function placeKey(place: Place): string {
  return `${place.block_id}:${place.start}`;
}

export interface Replacing {
  edits: Edit[];
  /** Paragraphs as they were, to have them back. */
  before: Map<string, string>;
  places: number;
  /** Places in paragraphs that were changed since they were looked for. */
  passed: number;
}

/** The edits that put `replacement` in these places of the paragraphs as they are stored now. */
export function replacing(blocks: readonly Known[], places: readonly Place[], replacement: string): Replacing {
  const stored = new Map(blocks.map((block) => [block.id, block]));
  const found: Replacing = { edits: [], before: new Map(), places: 0, passed: 0 };
  const wanted = new Map<string, Place[]>();
  for (const place of places) wanted.set(place.block_id, [...(wanted.get(place.block_id) ?? []), place]);
  for (const [id, here] of wanted) {
    const block = stored.get(id);
    if (block === undefined || block.locked || here.some(({ version }) => version !== block.version)) {
      found.passed += here.length;
      continue;
    }
    let text = block.text;
    for (const { start, end } of here.toSorted((one, other) => other.start - one.start)) text = text.slice(0, start) + replacement + text.slice(end);
    found.places += here.length;
    if (text === block.text) continue;
    found.edits.push({ op: "replace", block_id: id, based_on: block.version, text });
    found.before.set(id, block.text);
  }
  return found;
}
