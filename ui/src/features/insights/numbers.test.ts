import { describe, expect, it } from "vitest";
import { dollars, duration, isFew, share } from "./numbers";

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
