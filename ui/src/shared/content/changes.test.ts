import { describe, expect, test } from "vitest";
import { changes, isMended, wordDiff } from "./changes";
import { SHAPES } from "./shapes";

describe("what changed", () => {
  test("names only the fields that differ", () => {
    const found = changes(SHAPES.CONCEPT_SELECTION, { title: "Salt", hook: "same" }, { title: "Brine", hook: "same" });
    expect(found).toEqual([{ where: [{ label: "title" }], before: "Salt", after: "Brine" }]);
  });
  test("matches items by their id, wherever they stand", () => {
    const before = { characters: [{ id: "a", name: "Ada", want: "rest" }, { id: "b", name: "Ben" }] };
    const after = { characters: [{ id: "b", name: "Ben" }, { id: "a", name: "Ada", want: "war" }] };
    expect(changes(SHAPES.CHARACTERS, before, after)).toEqual([
      { where: [{ label: "characters", name: "Ada" }, { label: "want" }], before: "rest", after: "war" },
    ]);
  });
  test("says which item went", () => {
    const found = changes(SHAPES.CHARACTERS, { characters: [{ id: "a", name: "Ada" }] }, { characters: [] });
    expect(found).toEqual([{ where: [{ label: "characters", name: "Ada" }], before: "Ada", after: "" }]);
  });
  test("survives a half-written draft", () => {
    expect(changes(SHAPES.CHARACTERS, { characters: "not yet" }, null)).toEqual([]);
  });
});

describe("word diff", () => {
  test("shows words that went and came", () => {
    expect(wordDiff("a quiet harbour town", "a burning harbour town")).toEqual([
      { text: "a ", kind: "same" },
      { text: "quiet", kind: "removed" },
      { text: "burning", kind: "added" },
      { text: " harbour town", kind: "same" },
    ]);
  });
  test("compares Chinese by characters", () => {
    expect(wordDiff("会做梦的城", "会唱歌的城").filter((piece) => piece.kind === "same").map((piece) => piece.text)).toEqual([
      "会",
      "的城",
    ]);
  });
});

describe("mended or new", () => {
  const mended = (before: string, after: string) => isMended(before, after, wordDiff(before, after));
  test("one word of four is a mend", () => {
    expect(mended("a quiet harbour town", "a burning harbour town")).toBe(true);
  });
  test("a title that shares an article with the one before is a new title", () => {
    expect(mended("The Salt and the Bell", "The Honest Loaf")).toBe(false);
  });
  test("a Chinese title with a character in common is a new title", () => {
    expect(mended("会做梦的城", "最后一位守塔的人")).toBe(false);
    expect(mended("会做梦的城", "会唱歌的城")).toBe(true);
  });
});
