import { describe, expect, test } from "vitest";
import { outside, readAt, withAt } from "./address";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const where = (said: string, head = 12) => {
  const at = readAt(said);
  return at === null ? "now" : outside(at, head, NOW);
};

describe("the moment in an address", () => {
  test.each([null, "", "  "])("%j is now", (said) => expect(readAt(said)).toBeNull());
  test("a number is a version, anything else a time that the studio reads", () => {
    expect(readAt("7")).toEqual({ said: "7", version: 7 });
    expect(readAt("2026-03-01")).toEqual({ said: "2026-03-01", version: null });
    expect(readAt("rubbish")).toEqual({ said: "rubbish", version: null });
  });
  test.each(["0", "-5", "-9223372036854775808"])("%s lies before the beginning", (said) => expect(where(said)).toBe("before"));
  test.each(["13", "2147483648", "9223372036854775808"])("%s lies after the newest event", (said) => expect(where(said)).toBe("after"));
  test.each(["1", "12"])("%s lies within", (said) => expect(where(said)).toBeNull());
  test("a time that has not come yet lies after; of an earlier one only the studio can tell", () => {
    expect(where("2026-03-01T12:00:01Z")).toBe("after");
    expect(where("2026-03-01T13:00:00+02:00")).toBeNull();
    expect(where("rubbish")).toBeNull();
  });
  test("another moment keeps the stage that is looked at; now lets it go", () => {
    const search = new URLSearchParams("at=3&stage=CHARACTERS&from=9");
    expect(withAt(search, "4").toString()).toBe("at=4&stage=CHARACTERS&from=9");
    expect(withAt(search, null).toString()).toBe("from=9");
    expect(search.get("at")).toBe("3");
  });
});
