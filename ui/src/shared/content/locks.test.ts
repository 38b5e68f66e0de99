import { describe, expect, test } from "vitest";
import { isLocked, lockAbove, toggleLock } from "./locks";

describe("locks", () => {
  test("a part of something locked is locked, a neighbour with the same beginning is not", () => {
    expect(isLocked(["/arc"], "/arc/start")).toBe(true);
    expect(isLocked(["/arc"], "/archive")).toBe(false);
    expect(lockAbove(["/arc"], "/arc/start")).toBe("/arc");
    expect(lockAbove(["/arc"], "/arc")).toBeNull();
  });
  test("switching a lock on and off gives back what was", () => {
    expect(toggleLock(["/title"], "/hook")).toEqual(["/title", "/hook"]);
    expect(toggleLock(["/title", "/hook"], "/hook")).toEqual(["/title"]);
  });
  test("a lock on the whole takes the place of locks on its parts", () => {
    expect(toggleLock(["/arc/start", "/title"], "/arc")).toEqual(["/title", "/arc"]);
  });
  test("a lock from above stays when a part is switched", () => {
    expect(toggleLock(["/arc"], "/arc/start")).toEqual(["/arc"]);
  });
});
