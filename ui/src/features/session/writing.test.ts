import { describe, expect, it } from "vitest";
import type { Pending, TimelineEntry } from "@/shared/api/types";
import { attemptOf, failedWork, fewerHelps, museHelps, rawOf, writesIn } from "./writing";

function entry(version: number, event_type: string, data: Record<string, unknown> = {}, correlation_id = "w"): TimelineEntry {
  return { version, event_type, data, correlation_id, stage: "CHARACTERS", event_id: "e", occurred_at: "" };
}

const ASKED = entry(1, "GenerationRequested", { kind: "refinement", count: 1, proposal_id: "p", feedback_id: "f" });

describe("what the page knows of a writer's work", () => {
  it("knows which request a draft is of, and what was wrong with the one before", () => {
    expect(attemptOf({ contents: [], attempt: { number: 2, of: 3, why: "EMPTY" } })).toEqual({ number: 2, of: 3, why: "EMPTY" });
    expect(attemptOf({ contents: [] })).toBeNull();
    expect(attemptOf({ attempt: "2" })).toBeNull();
    expect(rawOf({ raw: "Once" })).toBe("Once");
    expect(rawOf(null)).toBe("");
  });

  it("repeats a failed refinement as a refinement, with its note", () => {
    const failed = failedWork([ASKED, entry(2, "GenerationFailed", { code: "EMPTY", model: "m", attempts: 3 })]);
    expect(failed).toMatchObject({ code: "EMPTY", kind: "refinement", proposalId: "p", feedbackId: "f", stage: "CHARACTERS", attempts: 3 });
  });

  it("has nothing to repeat while the next round runs, and after it", () => {
    const failure = entry(2, "GenerationFailed", { code: "EMPTY" });
    expect(failedWork([ASKED, failure, entry(3, "GenerationRequested", {}, "x")])).toBeNull();
    expect(failedWork([])).toBeNull();
  });

  it("leaves a search for contradictions to models, and takes it for no writing in a stage", () => {
    const failed = failedWork([entry(1, "GenerationRequested", { kind: "agreement" }), entry(2, "GenerationFailed", { code: "EMPTY" })]);
    expect(museHelps(failed)).toBe(false);
    expect(fewerHelps(failed!, null)).toBe(false);
    expect(museHelps(failedWork([ASKED, entry(2, "GenerationFailed", { code: "EMPTY" })]))).toBe(true);
    const pending = { stage: "CHARACTERS", command_type: "FIND_CONTRADICTIONS" } as Pending;
    expect(writesIn(pending, "CHARACTERS")).toBe(false);
    expect(writesIn({ ...pending, command_type: "GENERATE_INSPIRATION" }, "CHARACTERS")).toBe(true);
  });

  it("offers fewer details only where length may be the trouble, and once", () => {
    const failed = (code: string, data: Record<string, unknown> = {}) =>
      failedWork([entry(1, "GenerationRequested", data), entry(2, "GenerationFailed", { code })])!;
    expect(fewerHelps(failed("TRUNCATED"), null)).toBe(true);
    expect(fewerHelps(failed("DOES_NOT_FIT"), null)).toBe(true);
    expect(fewerHelps(failed("DOES_NOT_FIT"), true)).toBe(true);
    expect(fewerHelps(failed("DOES_NOT_FIT"), false)).toBe(false);
    expect(fewerHelps(failed("KEY_REFUSED"), null)).toBe(false);
    expect(fewerHelps(failed("TRUNCATED", { fewer_details: true }), null)).toBe(false);
    expect(fewerHelps(failed("TRUNCATED", { writer: "muse" }), null)).toBe(false);
  });
});
