import { expect, test } from "vitest";
import { pointer, segments, valueAt } from "./pointer";

test("a pointer is read as it was written, slashes and tildes included", () => {
  expect(segments(pointer("a/b", "c~d", 3))).toEqual(["a/b", "c~d", "3"]);
});

test("an item is found by its id wherever it stands, and by its place where it has none", () => {
  const content = { characters: [{ id: "ben" }, { id: "ada", want: "rest" }], acts: [{ name: "One" }] };
  expect(valueAt(content, "/characters/ada/want")).toBe("rest");
  expect(valueAt(content, "/acts/0/name")).toBe("One");
  expect(valueAt(content, "/acts/7/name")).toBeUndefined();
});
