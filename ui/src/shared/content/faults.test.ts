import { describe, expect, test } from "vitest";
import { missing, saidOfContent, steps, valueOf } from "./faults";
import { SHAPES } from "./shapes";

const paths = (stage: keyof typeof SHAPES, content: unknown) => missing(SHAPES[stage], content).map(({ path }) => path);

describe("what is needed and empty", () => {
  test("names every needed field of an empty concept, and no other", () => {
    expect(paths("CONCEPT_SELECTION", {})).toEqual(["title", "logline", "premise_question", "central_conflict"]);
  });
  test("blanks are not a title", () => {
    const concept = { title: "  ", logline: "a", premise_question: "b", central_conflict: "c" };
    expect(paths("CONCEPT_SELECTION", concept)).toEqual(["title"]);
  });
  test("looks into groups", () => {
    expect(paths("WORLDVIEW", { setting: { time: "now" } })).toEqual(["setting.place"]);
  });
  test("looks into items by their place, and leaves blank ones alone", () => {
    const people = [{ id: "a", name: "Ada", one_line_storyline: "She digs." }, {}, { id: "c", want: "rest" }];
    expect(paths("CHARACTERS", { characters: people })).toEqual(["characters.2.name", "characters.2.one_line_storyline"]);
  });
  test("a list that needs one item is named as a whole", () => {
    expect(paths("CHARACTERS", { characters: [{ id: "x" }] })).toEqual(["characters"]);
  });
  test("a nought is not empty", () => {
    const outline = { beats: [{ key: "a", label: "Opening", target_pct: 0, summary: "Fog." }], chapters: [{ title: "1", summary: "x" }] };
    expect(paths("PLOT_OUTLINE", outline)).toEqual([]);
  });
});

describe("what the server said", () => {
  test("is taken by the content's own paths", () => {
    const fields = [
      { field: "payload.content.characters.0.name", message: "too long" },
      { field: "payload.stage", message: "other" },
    ];
    expect(saidOfContent(fields)).toEqual([{ path: "characters.0.name", said: "too long" }]);
  });
});

test("a path is shown as labels and names", () => {
  const content = { characters: [{ id: "a", name: "Ada", arc: {} }] };
  expect(steps(SHAPES.CHARACTERS, content, "characters.0.arc.start")).toEqual([
    { key: "characters", item: { place: 1, name: "Ada" } },
    { key: "arc" },
    { key: "start" },
  ]);
});

test("a value is found by its path", () => {
  expect(valueOf({ characters: [{ name: "Ada" }] }, "characters.0.name")).toBe("Ada");
  expect(valueOf({}, "characters.0.name")).toBeUndefined();
});
