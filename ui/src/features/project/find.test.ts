import { describe, expect, it } from "vitest";
import type { Known } from "./blocks";
import { pattern, replacing } from "./find";

function times(words: string, text: string, options: { case?: boolean; whole?: boolean } = {}) {
  return [...text.matchAll(pattern({ words, case: false, whole: false, ...options })!)].length;
}

describe("words that are looked for", () => {
  // the same as in tests/unit/projections/test_book_search.py
  it("are found as they are typed", () => {
    expect(times("Mara", "mara MARA Mara")).toBe(3);
    expect(times("Mara", "mara MARA Mara", { case: true })).toBe(1);
    expect(times("ara", "Mara Sahara ara, ara's", { whole: true })).toBe(2);
    expect(times("Mara", "Maras Mara_ 玛拉Mara是", { whole: true })).toBe(2);
    expect(times("晓雨", "林晓雨说，晓雨来了", { whole: true })).toBe(2);
    expect(times("ÉTÉ", "l’été")).toBe(1);
    expect(times(".*", "a.*b")).toBe(1);
    expect(times("a-b/c^d]", "a-b/c^d]")).toBe(1);
    expect(times("…", "no…yes", { whole: true })).toBe(1);
    expect(pattern({ words: "", case: false, whole: false })).toBeNull();
  });
});

describe("replacing", () => {
  const blocks: Known[] = [
    { id: "a", text: "Mara saw Mara. 😀 Mara.", version: 3 },
    { id: "b", text: "Mara.", version: 5 },
    { id: "c", text: "Mara.", version: 2, locked: true },
  ];
  const place = (block_id: string, version: number, start: number) => ({ block_id, version, start, end: start + 4 });

  it("changes the chosen places and no other", () => {
    const done = replacing(blocks, [place("a", 3, 0), place("a", 3, 18), place("b", 5, 0)], "Ana-Maria");
    expect(done.edits).toEqual([
      { op: "replace", block_id: "a", based_on: 3, text: "Ana-Maria saw Mara. 😀 Ana-Maria." },
      { op: "replace", block_id: "b", based_on: 5, text: "Ana-Maria." },
    ]);
    expect(done.before).toEqual(new Map([["a", blocks[0]!.text], ["b", "Mara."]]));
    expect([done.places, done.passed]).toEqual([3, 0]);
  });

  it("passes over what was changed since, what is locked and what is gone", () => {
    const done = replacing(blocks, [place("a", 2, 0), place("a", 2, 9), place("c", 2, 0), place("d", 1, 0), place("b", 5, 0)], "Ana");
    expect(done.edits.map(({ block_id }) => block_id)).toEqual(["b"]);
    expect([done.places, done.passed]).toEqual([1, 4]);
  });
});
