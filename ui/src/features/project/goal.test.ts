import { describe, expect, it } from "vitest";
import { calendarDay, counted, written } from "./goal";

describe("words of a day", () => {
  it("are those since the first look at each chapter", () => {
    let day = counted(null, "2026-03-01", "a", 1000);
    expect(written(day)).toBe(0);
    day = counted(day, "2026-03-01", "a", 1200);
    day = counted(day, "2026-03-01", "b", 400);
    day = counted(day, "2026-03-01", "b", 350);
    expect(written(day)).toBe(200);
  });
  it("begin again the next day", () => {
    const day = counted(counted(counted(null, "2026-03-01", "a", 0), "2026-03-01", "a", 90), "2026-03-02", "a", 100);
    expect(written(day)).toBe(0);
    expect(Object.keys(day.chapters)).toEqual(["a"]);
  });
  it("have the day of the writer's clock", () => {
    expect(calendarDay(new Date(2026, 2, 1, 23, 59))).toBe("2026-03-01");
  });
});
