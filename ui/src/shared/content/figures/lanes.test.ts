import { describe, expect, test } from "vitest";
import { laneCount, lanes, spread } from "./lanes";
import { CASES, seeded } from "./seeded";

describe("lanes", () => {
  test("what touches nothing stays in the lowest lane, and what does not is moved up", () => {
    expect(lanes([{ from: 0, to: 10 }, { from: 5, to: 15 }, { from: 12, to: 20 }])).toEqual([0, 1, 0]);
    expect(lanes([])).toEqual([]);
  });
  test.each(CASES)("no two in a lane touch, and there are no more lanes than lie on one point (%i)", (seed) => {
    const random = seeded(seed);
    const ranges = Array.from({ length: Math.floor(random() * 60) }, () => {
      const from = random() * 100;
      return { from, to: from + 0.1 + random() * 20 };
    });
    const found = lanes(ranges);
    ranges.forEach((one, index) =>
      ranges.slice(index + 1).forEach((other, after) => {
        if (found[index] !== found[index + 1 + after]) return;
        expect(one.to <= other.from || other.to <= one.from).toBe(true);
      }),
    );
    const most = Math.max(0, ...ranges.map(({ from }) => ranges.filter((other) => other.from <= from && from < other.to).length));
    expect(laneCount(found)).toBe(most);
  });
});

describe("spreading", () => {
  test("who has room stays, and who has none moves as little as can be", () => {
    expect(spread([0, 50, 100], 10, 200)).toEqual([0, 50, 100]);
    expect(spread([50, 50], 10, 200)).toEqual([45, 55]);
    expect(spread([195, 199], 10, 200)).toEqual([180, 190]);
  });
  test.each(CASES)("the order is kept, nobody touches and all are within (%i)", (seed) => {
    const random = seeded(seed);
    const wanted = Array.from({ length: Math.floor(random() * 60) }, () => random() * 500).sort((one, other) => one - other);
    const [size, length] = [10, Math.max(600, wanted.length * 10)];
    const found = spread(wanted, size, length);
    expect(found).toHaveLength(wanted.length);
    found.forEach((at, index) => {
      expect(at).toBeGreaterThanOrEqual(-1e-6);
      expect(at + size).toBeLessThanOrEqual(length + 1e-6);
      if (index > 0) expect(at - (found[index - 1] ?? 0)).toBeGreaterThanOrEqual(size - 1e-6);
    });
  });
});
