import { expect, test } from "vitest";
import { countContent, countText } from "./count";

test("words with apostrophes and hyphens are one word", () => {
  expect(countText("The keeper's well-kept secret.")).toEqual({ words: 4, characters: 0 });
});
test("Chinese counts by characters, and Latin words in it as words", () => {
  expect(countText("一座会做梦的城市 called Lumen")).toEqual({ words: 2, characters: 8 });
});
test("ids do not count as prose", () => {
  expect(countContent({ characters: [{ id: "char-1", name: "Ada Stone" }] }).words).toBe(2);
});
