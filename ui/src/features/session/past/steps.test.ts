import { describe, expect, test } from "vitest";
import type { TimelineEntry } from "@/shared/api/types";
import { pauseFor, placed, stageStarts, stepEvents, stepStages } from "./steps";

const HEAD = 12;
const entry = (version: number, event_type: string) => ({ version, event_type }) as TimelineEntry;

describe("through the history by events", () => {
  test("the newest event is now", () => {
    expect(placed(HEAD, HEAD)).toBeNull();
    expect(placed(HEAD + 3, HEAD)).toBeNull();
    expect(placed(0, HEAD)).toBe(1);
  });
  test("from now one looks back, and forward again to now", () => {
    expect(stepEvents(null, HEAD, -1)).toBe(11);
    expect(stepEvents(11, HEAD, 1)).toBeNull();
    expect(stepEvents(5, HEAD, 1)).toBe(6);
  });
  test("before the first event there is nothing", () => expect(stepEvents(1, HEAD, -1)).toBe(1));
  test("what happens meanwhile makes the way longer, and moves nobody", () => {
    expect(stepEvents(11, HEAD + 5, 1)).toBe(12);
  });
});

describe("through the history by stages", () => {
  const history = [
    entry(1, "GenesisStarted"),
    entry(2, "GenerationRequested"),
    entry(5, "StageEntered"),
    entry(6, "FeedbackGiven"),
    entry(9, "StageEntered"),
  ];
  const starts = stageStarts(history);
  test("a stage begins where it was gone to", () => expect(starts).toEqual([1, 5, 9]));
  test("back: to the start of this stage, from there to the one before", () => {
    expect(stepStages(null, HEAD, starts, -1)).toBe(9);
    expect(stepStages(7, HEAD, starts, -1)).toBe(5);
    expect(stepStages(5, HEAD, starts, -1)).toBe(1);
    expect(stepStages(1, HEAD, starts, -1)).toBe(1);
  });
  test("on: to the next one, after the last to now", () => {
    expect(stepStages(1, HEAD, starts, 1)).toBe(5);
    expect(stepStages(9, HEAD, starts, 1)).toBeNull();
    expect(stepStages(null, HEAD, starts, 1)).toBeNull();
  });
  test("a history that has not come yet", () => expect(stepStages(4, HEAD, [], -1)).toBe(1));
});

describe("the pace of the player", () => {
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  test("as long as it took", () => expect(pauseFor(at(0), at(2), 1)).toBe(2000));
  test("a night is cut short, a blink made longer", () => {
    expect(pauseFor(at(0), at(30_000), 1)).toBe(3000);
    expect(pauseFor(at(0), at(0), 1)).toBe(600);
  });
  test("a clock that went back counts as a blink", () => expect(pauseFor(at(9), at(0), 1)).toBe(600));
  test("at speed", () => {
    expect(pauseFor(at(0), at(2), 4)).toBe(500);
    expect(pauseFor(at(0), at(3), 16)).toBe(187.5);
    expect(pauseFor(undefined, undefined, 1)).toBe(600);
  });
});
