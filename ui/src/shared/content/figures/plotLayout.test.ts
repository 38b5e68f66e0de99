import { describe, expect, test } from "vitest";
import { readOutline, type Outline } from "./outline";
import { across, down, ROW, textWidth } from "./plotLayout";
import { CASES, seeded } from "./seeded";
import { rowsOf, step } from "./stepping";

function made(seed: number): Outline {
  const random = seeded(seed);
  const many = (most: number) => Array.from({ length: Math.floor(random() * most) });
  return readOutline({
    acts: many(5).map((_, n) => ({ name: `Act ${n}`, start_pct: random() * 100, end_pct: random() * 100 })),
    beats: many(61).map(() => ({ label: "x".repeat(random() * 60), ...(random() < 0.9 ? { target_pct: Math.round(random() * 110) - 5 } : {}) })),
    chapters: many(61).map((_, n) => ({ n: n + 1, title: "t", target_words: Math.round(random() * 9000) })),
    threads: many(20).map(() => ({ setup: `at ${Math.round(random() * 100)}%`, planned_payoff: random() < 0.5 ? `at ${Math.round(random() * 100)}%` : "" })),
  });
}

describe("across", () => {
  test("a narrow page has no room for it", () => {
    expect(across(readOutline({ beats: [{ label: "A", target_pct: 1 }] }), 320)).toBeNull();
  });
  test.each(CASES)("no label lies on another, and all are within (%i)", (seed) => {
    const layout = across(made(seed), 820);
    for (const boxes of layout ? [layout.flags, layout.acts, layout.threads] : []) {
      boxes.forEach((one, index) => {
        expect(one.left).toBeGreaterThanOrEqual(0);
        expect(one.left + one.width).toBeLessThanOrEqual(100 + 1e-6);
        for (const other of boxes.slice(index + 1)) {
          if (one.lane !== other.lane) continue;
          expect(one.left + one.width <= other.left + 1e-5 || other.left + other.width <= one.left + 1e-5).toBe(true);
        }
      });
    }
  });
  test("Chinese takes twice the room", () => {
    expect(textWidth("中点")).toBe(textWidth("abcd"));
  });
});

describe("down", () => {
  test.each(CASES)("no row lies on another, all are within and in the order of the book (%i)", (seed) => {
    const { rows, height } = down(made(seed));
    rows.forEach((row, index) => {
      expect(row.top).toBeGreaterThanOrEqual(-1e-6);
      expect(row.top + ROW).toBeLessThanOrEqual(height + 1e-6);
      const before = rows[index - 1];
      if (!before) return;
      expect(row.top - before.top).toBeGreaterThanOrEqual(ROW - 1e-6);
      expect(row.at).toBeGreaterThanOrEqual(before.at);
    });
  });
  test("nothing is nothing, and one beat is one row", () => {
    expect(down(readOutline({}))).toMatchObject({ height: 0, rows: [] });
    expect(down(readOutline({ beats: [{ label: "A", target_pct: 0 }] })).rows).toHaveLength(1);
  });
});

describe("arrow keys", () => {
  const rows = rowsOf(
    readOutline({
      acts: [{ name: "One", start_pct: 0, end_pct: 100 }],
      beats: [{ label: "B", target_pct: 90 }, { label: "A", target_pct: 10 }, { label: "nowhere" }],
      chapters: [{ n: 1 }, { n: 2 }],
    }),
  );
  test("go along the book, and over to the nearest of the next row", () => {
    expect(step(rows, { row: "beats", index: 1 }, "ArrowRight", false)).toEqual({ row: "beats", index: 0 });
    expect(step(rows, { row: "beats", index: 0 }, "ArrowRight", false)).toEqual({ row: "beats", index: 2 });
    expect(step(rows, { row: "beats", index: 0 }, "ArrowDown", false)).toEqual({ row: "chapters", index: 1 });
    expect(step(rows, { row: "beats", index: 0 }, "ArrowUp", false)).toEqual({ row: "acts", index: 0 });
    expect(step(rows, { row: "chapters", index: 1 }, "ArrowUp", false)).toEqual({ row: "beats", index: 0 });
    expect(step(rows, { row: "beats", index: 0 }, "Home", false)).toEqual({ row: "beats", index: 1 });
    expect(step(rows, { row: "chapters", index: 1 }, "ArrowDown", false)).toBeNull();
  });
  test("lie the other way where the line goes down", () => {
    expect(step(rows, { row: "beats", index: 1 }, "ArrowDown", true)).toEqual({ row: "beats", index: 0 });
    expect(step(rows, { row: "beats", index: 1 }, "ArrowRight", true)).toEqual({ row: "chapters", index: 0 });
    expect(step(rows, { row: "beats", index: 1 }, "a", true)).toBeNull();
  });
});
