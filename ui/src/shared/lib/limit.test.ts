import { describe, expect, test } from "vitest";
import { lengthOf, measure } from "./limit";

describe("the length of a text", () => {
  test("counts what the server counts: an emoji once, and no space around", () => {
    expect(lengthOf("  🦊🦊 a\n")).toBe(4);
  });
  test("says how much is too much, and nothing far from the limit", () => {
    expect(measure("x".repeat(89), 100)).toMatchObject({ over: 0, near: false });
    expect(measure("x".repeat(95), 100)).toMatchObject({ over: 0, near: true });
    expect(measure("x".repeat(107), 100)).toMatchObject({ over: 7, near: true });
    expect(measure("🦊".repeat(99), 100)).toMatchObject({ length: 99, over: 0 });
    expect(measure(`${"x".repeat(100)}${" ".repeat(50)}`, 100)).toMatchObject({ over: 0 });
  });
});
