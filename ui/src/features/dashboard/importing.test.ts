import { describe, expect, it } from "vitest";
import type { ImportPreview } from "@/shared/api/types";
import { arranged, before, merged, payload, renamed, sum, ticked } from "./importing";

const chapter = (title: string, words: number, depth = 1, left_out: "copyright" | null = null) => ({
  kind: "chapter" as const,
  title,
  depth,
  paragraphs: [`${title} text`],
  words,
  left_out,
});
const part = { kind: "part" as const, title: "Ebb", depth: 1, paragraphs: [], words: 0, left_out: null };
const PREVIEW: ImportPreview = {
  title: "Salt",
  language: "en",
  entries: [chapter("Rights", 2, 1, "copyright"), chapter("One", 10), part, chapter("Two", 20, 2), chapter("Three", 30)],
  findings: [],
};

const titles = (entries: { title: string }[]) => entries.map((one) => one.title);

describe("what was read, arranged", () => {
  it("leaves out what belongs to no chapter, until it is ticked", () => {
    const entries = arranged(PREVIEW);
    expect(titles(payload(" Salt ", "en", entries).entries)).toEqual(["One", "Ebb", "Two", "Three"]);
    expect(payload(" Salt ", "en", entries).title).toBe("Salt");
    expect(sum(entries)).toEqual({ chapters: 3, words: 60 });
    expect(titles(payload("", "en", ticked(entries, 0, true)).entries)).toEqual(["Rights", "One", "Ebb", "Two", "Three"]);
  });

  it("joins a chapter to the wanted one before it, over a part", () => {
    const entries = merged(arranged(PREVIEW), 3);
    expect(titles(entries)).toEqual(["Rights", "One", "Ebb", "Three"]);
    const sent = payload("", "en", entries).entries;
    expect(sent.map((one) => [one.title, one.paragraphs])).toEqual([
      ["One", ["One text", "Two text"]],
      ["Three", ["Three text"]], // a part that nothing stands in is left out
    ]);
    expect(before(arranged(PREVIEW), 1)).toBeUndefined();
    expect(merged(arranged(PREVIEW), 1)).toEqual(arranged(PREVIEW));
  });

  it("gives no entry an empty title", () => {
    const sent = payload("", "en", renamed(arranged(PREVIEW), 1, "  ")).entries;
    expect(sent[0]?.title).toBe("…");
  });
});
