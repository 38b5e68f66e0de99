import { describe, expect, it } from "vitest";
import { asked, chosenIn, plusDays, today } from "./range";

const of = (search: string) => asked(chosenIn(new URLSearchParams(search)), "own", "Europe/Berlin", "2026-03-01");

describe("a range", () => {
  it("is everything, unless it is said", () => {
    expect(of("")).toEqual({ scope: "own" });
    expect(of("range=nonsense")).toEqual({ scope: "own" });
  });
  it("is so many days with today", () => {
    expect(of("range=7")).toEqual({ scope: "own", zone: "Europe/Berlin", from: "2026-02-23" });
  });
  it("has its last day in it", () => {
    expect(of("range=own&first=2026-02-01&last=2026-02-28")).toEqual({
      scope: "own",
      zone: "Europe/Berlin",
      from: "2026-02-01",
      to: "2026-03-01",
    });
    expect(of("range=own&first=nonsense")).toEqual({ scope: "own", zone: "Europe/Berlin" });
  });
  it("knows the calendar", () => {
    expect(plusDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(today(new Date(2026, 0, 2, 23, 59))).toBe("2026-01-02");
  });
});
