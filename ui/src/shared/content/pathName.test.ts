import { expect, test } from "vitest";
import { dotted, pathName } from "./pathName";
import { SHAPES } from "./shapes";

test("a lock is called by the labels and names on its way", () => {
  const content = { characters: [{ id: "x", name: "Ines" }, { id: "y", name: "" }] };
  const name = (pointer: string) => pathName(SHAPES.CHARACTERS, content, dotted(content, pointer), "en");
  expect(name("/characters")).toBe("Characters");
  expect(name("/characters/x/name")).toBe("Ines › Name");
  expect(name("/characters/1")).toBe("Characters 2");
});
