import { describe, expect, it } from "vitest";
import type { Provenance, ProvenanceStep, ValueProvenance } from "@/shared/api/types";
import { around, handsOf, byPlace, pieces, proposalMade, sentences, sharesOf, within, writtenBy } from "./origins";

function step(number: number, more: Partial<ProvenanceStep> = {}): ProvenanceStep {
  const at = "2026-11-28T14:00:00Z";
  return { number, session_id: "s", version: number + 1, at, kind: "generated", by: "ai", characters: 0, ...more };
}

function value(path: string, author: ValueProvenance["author"], ...runs: [string, number][]): ValueProvenance {
  return {
    path,
    author,
    characters: { ai: 0, person: 0 },
    steps: runs.map(([, by]) => by),
    runs: runs.map(([text, by]) => ({ text, step: by })),
  };
}

function told(values: ValueProvenance[], steps: ProvenanceStep[] = [step(0), step(1, { by: "person" })]): Provenance {
  const shares = { ai: 0, edited: { ai: 0, person: 0 }, person: 0 };
  return {
    session_id: "s",
    owner_id: "o",
    version: 2,
    method: "",
    sources: [],
    shares,
    steps,
    stages: [
      {
        stage: "PLOT_OUTLINE",
        label: "Plot",
        label_zh: "情节",
        proposal_id: "edited",
        confirmed_at: "2026-11-28T14:00:00Z",
        confirmed_version: 2,
        shares,
        values,
      },
    ],
  };
}

describe("where a text came from", () => {
  it("finds values whether an item is named by its id or by its place", () => {
    const content = { characters: [{ id: "b" }, { id: "a/1", name: "Ada" }] };
    const found = byPlace(content, told([value("/CHARACTERS/characters/a~11/name", "ai", ["Ada", 0])]));
    expect([...found.keys()]).toEqual(["characters.1.name"]);
    expect(within("/CHARACTERS")).toBe("");
  });

  it("tells a person's characters from an AI's in a text that both wrote", () => {
    const hands = handsOf(told([]));
    const mixed = value("/x", "edited", ["Low ", 0], ["water", 1]);
    expect(pieces(mixed, hands, "Low water").map(({ by }) => by)).toEqual(["edited", "person"]);
    expect(pieces(value("/x", "ai", ["Low", 0]), hands, "Low").map(({ by }) => by)).toEqual(["ai"]);
  });

  it("says of the whole what it cannot say of characters", () => {
    const hands = handsOf(told([]));
    const changed = value("/x", "edited", ["Low ", 0], ["water", 1]);
    expect(pieces(changed, hands, "High water")).toEqual([{ text: "High water", step: 0, by: "edited" }]);
    const number: ValueProvenance = { ...value("/n", "person"), runs: null, steps: [1] };
    expect(pieces(number, hands, "12")).toEqual([{ text: "12", step: 1, by: "person" }]);
  });

  it("cuts at the ends of sentences, within and between the pieces", () => {
    const of = pieces(value("/x", "edited", ["It rains. The", 0], [" sea does not.", 1]), new Map([[1, "person" as const]]), "It rains. The sea does not.");
    expect(sentences(of, "en").map((one) => one.map(({ text }) => text))).toEqual([["It rains. "], ["The", " sea does not."]]);
  });

  it("loses no character in any script, emoji and text without sentences included", () => {
    for (const text of ["下雨了。海没有。", "🐋🌊🕯️", "الحارسة. المنارة؟", "a".repeat(5000), " ", "One.\n\nTwo!"]) {
      const half = [...text].slice(0, Math.ceil([...text].length / 2)).join("");
      const runs: [string, number][] = half === text ? [[text, 0]] : [[half, 0], [text.slice(half.length), 1]];
      const cut = sentences(pieces(value("/x", "edited", ...runs), new Map([[1, "person" as const]]), text), "zh");
      expect(cut.flat().map((piece) => piece.text).join("")).toBe(text);
      expect(cut.every((one) => one.length > 0)).toBe(true);
    }
  });

  it("counts what each step wrote of a sentence, characters as people count them", () => {
    const one = [
      { text: "🐋🌊", step: 0, by: "edited" as const },
      { text: "ab", step: 1, by: "person" as const },
      { text: "c", step: 0, by: "edited" as const },
    ];
    expect([...writtenBy(one)]).toEqual([[0, 3], [1, 2]]);
  });

  it("gives shares as parts of all, and none where there is nothing", () => {
    const shares = sharesOf({ ai: 50, edited: { ai: 20, person: 5 }, person: 25 });
    expect(shares.map(({ characters, part }) => [characters, part])).toEqual([[50, 0.5], [25, 0.25], [25, 0.25]]);
    expect(sharesOf({ ai: 0, edited: { ai: 0, person: 0 }, person: 0 }).map(({ part }) => part)).toEqual([null, null, null]);
  });

  it("counts the muse's texts by themselves: neither an AI's nor one's own", () => {
    const shares = sharesOf({ ai: 0, muse: 60, edited: { ai: 0, muse: 10, person: 5 }, person: 25 });
    expect(shares.map(({ author, characters }) => [author, characters])).toEqual([
      ["ai", 0],
      ["muse", 60],
      ["edited", 15],
      ["person", 25],
    ]);
    const hands = new Map([[0, "muse" as const], [1, "person" as const]]);
    expect(pieces(value("/x", "muse", ["Low", 0]), hands, "Low").map(({ by }) => by)).toEqual(["muse"]);
    expect(pieces(value("/x", "edited", ["Low ", 0], ["water", 1]), hands, "Low water").map(({ by }) => by)).toEqual(["edited", "person"]);
  });

  it("knows which of the proposals of a round it was", () => {
    const round = step(0, { made: ["a", "b", "c"] });
    expect(proposalMade(round, told([], [round, step(1, { kind: "edited", revision_of: "b" })]))).toBe("b");
    expect(proposalMade(round, told([], [round]))).toBe("a");
    expect(proposalMade(step(0), told([]))).toBeNull();
  });

  it("names what is around a value from the outside in", () => {
    expect(around("/characters/ines/name")).toEqual(["", "/characters", "/characters/ines", "/characters/ines/name"]);
    expect(around("")).toEqual([""]);
  });
});
