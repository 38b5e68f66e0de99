import { describe, expect, it } from "vitest";
import type { ContentsEntry } from "@/shared/api/types";
import { endOf, step } from "./steps";

function entry(id: string, kind: ContentsEntry["kind"], parent_id: string | null, position: number): ContentsEntry {
  return { id, kind, parent_id, position, depth: parent_id ? 2 : 1, title: id, summary: "", target_words: 0, status: null, words: 0, version: 0 };
}

const [A, a1, a2, B, b1, c] = [
  entry("A", "part", null, 0),
  entry("a1", "chapter", "A", 0),
  entry("a2", "chapter", "A", 1),
  entry("B", "part", null, 1),
  entry("b1", "chapter", "B", 0),
  entry("c", "chapter", null, 2),
] as const;
const contents = [A, a1, a2, B, b1, c];

describe("moving in the contents by one step", () => {
  it("changes places among neighbours", () => {
    expect(step(contents, a1, 1)).toEqual({ parent_id: "A", position: 1 });
    expect(step(contents, B, -1)).toEqual({ parent_id: null, position: 0 });
  });
  it("takes chapters into and out of parts", () => {
    expect(step(contents, c, -1)).toEqual({ parent_id: "B", position: 1 });
    expect(step(contents, a1, -1)).toEqual({ parent_id: null, position: 0 });
    expect(step(contents, a2, 1)).toEqual({ parent_id: null, position: 1 });
  });
  it("ends at the ends", () => {
    expect(step(contents, A, -1)).toBeNull();
    expect(step(contents, c, 1)).toBeNull();
  });
  it("adds a chapter to the last part, and parts at the end", () => {
    expect(endOf(contents.slice(0, 5), "chapter")).toBe("B");
    expect(endOf(contents, "chapter")).toBeNull();
    expect(endOf(contents.slice(0, 5), "part")).toBeNull();
  });
});
