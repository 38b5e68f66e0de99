import { describe, expect, test } from "vitest";
import { composes, meaning } from "./keys";

const key = (key: string, more: Partial<Parameters<typeof meaning>[0]> = {}) => ({
  key,
  code: "",
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  isComposing: false,
  keyCode: 0,
  ...more,
});

const KEYS = {
  generate: key("Enter", { ctrlKey: true }),
  again: key("®", { code: "KeyR", altKey: true }),
  proposal: key("π", { code: "KeyP", altKey: true }),
  stop: key("Escape"),
  help: key("?", { shiftKey: true }),
  back: key("ArrowLeft"),
  on: key("ArrowRight"),
  stageBack: key("ArrowLeft", { shiftKey: true }),
  stageOn: key("ArrowRight", { shiftKey: true }),
  first: key("Home"),
  last: key("End"),
  play: key(" "),
} as const;

describe("keys", () => {
  test.each(Object.entries(KEYS))("%s acts outside of a text, and never in one", (name, pressed) => {
    expect(meaning(pressed, false)).toBe(name);
    expect(meaning(pressed, true)).toBeNull();
  });
  test.each(Object.entries(KEYS))("%s does nothing while an input method composes, in Safari neither", (_, pressed) => {
    expect(meaning({ ...pressed, isComposing: true }, false)).toBeNull();
    expect(meaning({ ...pressed, keyCode: 229 }, false)).toBeNull();
  });
  test("the key that ends a composition in Safari is told by its code", () => {
    expect(composes(key("Enter", { ctrlKey: true, keyCode: 229 }))).toBe(true);
    expect(composes(key("Enter", { ctrlKey: true, keyCode: 13 }))).toBe(false);
  });
  test("the browser's own shortcuts are left alone", () => {
    expect(meaning(key("r", { code: "KeyR", altKey: true, ctrlKey: true }), false)).toBeNull();
    expect(meaning(key("r", { code: "KeyR", ctrlKey: true }), false)).toBeNull();
  });
});
