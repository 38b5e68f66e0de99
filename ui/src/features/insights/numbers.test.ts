import { describe, expect, it } from "vitest";
import { dollars, duration, durationTicks, isFew, share } from "./numbers";

describe("money", () => {
  it("is exact to the last billionth", () => {
    expect(dollars(0)).toBe("$0.00");
    expect(dollars(1)).toBe("$0.000000001");
    expect(dollars(1_500_000_000)).toBe("$1.50");
    expect(dollars(1_234_567_012_345_678)).toBe("$1,234,567.012345678");
  });
});

describe("a duration", () => {
  it("has its two largest units", () => {
    expect(duration(0, "en")).toBe("0 ms");
    expect(duration(950_999, "en")).toBe("950 ms");
    expect(duration(59_999_999, "en")).toBe("59 s");
    expect(duration(3_600_000_000, "en")).toBe("1 h");
    expect(duration(90_061_000_000, "en")).toBe("1 d 1 h");
    expect(duration(61_000_000, "zh-CN")).toBe("1 分 1 秒");
  });
});

describe("a share", () => {
  it("is not told of few cases", () => {
    expect(share(2, 3, "en")).toBeNull();
    expect(share(0, 0, "en")).toBeNull();
    expect(share(2, 5, "en")).toBe("40%");
    expect([0, 1, 4, 5].map(isFew)).toEqual([false, true, true, false]);
  });
});

describe("a time axis", () => {
  const values = [0, 1, 999, 1_000_000, 1_400_000, 7_300_000, 61_000_000, 3_599_000_000, 200_000_000_000, 9e12];
  it.each(values)("has no two places that read the same, up to %d", (most) => {
    const ticks = durationTicks(most);
    expect(ticks.length).toBeLessThanOrEqual(5);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
    for (const language of ["en", "zh"]) expect(new Set(ticks.map((at) => duration(at, language))).size).toBe(ticks.length);
  });
});
