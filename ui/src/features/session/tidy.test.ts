import { expect, test } from "vitest";
import { SHAPES } from "@/shared/content/shapes";
import { tidy } from "./tidy";

test("empty lines and empty items go, the rest stays", () => {
  const given = { title: " Salt ", themes: ["grief", "", "  "] };
  expect(tidy(SHAPES.CONCEPT_SELECTION, given)).toMatchObject({ title: "Salt", themes: ["grief"] });
});

test("a new character gets an id of its own, an old one keeps its id", () => {
  const given = { characters: [{ id: "mara", name: "Mara" }, { name: "Ben" }, { name: "" }] };
  const found = tidy(SHAPES.CHARACTERS, given)["characters"] as { id: string; name: string }[];
  expect(found.map((item) => item.name)).toEqual(["Mara", "Ben"]);
  expect(found[0]?.id).toBe("mara");
  expect(found[1]?.id).toMatch(/^characters-/);
});

test("chapters are numbered as they stand", () => {
  const found = tidy(SHAPES.PLOT_OUTLINE, { chapters: [{ n: 4, title: "B" }, { n: 2, title: "A" }] })["chapters"];
  expect((found as { n: number }[]).map((chapter) => chapter.n)).toEqual([1, 2]);
});

test("a choice that was not made and a number that was not given are left to the server", () => {
  expect(tidy(SHAPES.STORY_CONCEPTION, {})).not.toHaveProperty("structure");
  expect(tidy(SHAPES.STORY_CONCEPTION, {})).not.toHaveProperty("target_words");
});
