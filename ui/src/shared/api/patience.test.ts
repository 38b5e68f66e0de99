import { expect, test } from "vitest";
import { pauseAfter } from "./patience";
import { Problem, problemOf, unreachable } from "./problem";

test("a refusal is not sent again", () => {
  expect(pauseAfter(new Problem("REFUSED", "", 422), 0)).toBeNull();
});
test("what a newer build wrote is told at once: asking again does not upgrade this one", () => {
  expect(pauseAfter(problemOf({ code: "EVENT_TOO_NEW" }, 503, "30"), 0)).toBeNull();
  expect(pauseAfter(problemOf({ code: "UNAVAILABLE" }, 503), 0)).not.toBeNull();
});
test("a studio that is away for a minute is asked until it is back", () => {
  let waited = 0;
  for (let attempt = 0; waited < 60_000; attempt += 1) {
    const pause = pauseAfter(unreachable(), attempt);
    expect(pause).not.toBeNull();
    waited += pause ?? 0;
  }
});
test("a fault of the server is told after a few attempts", () => {
  const fault = problemOf({ code: "INTERNAL_ERROR" }, 500);
  expect(pauseAfter(fault, 3)).not.toBeNull();
  expect(pauseAfter(fault, 4)).toBeNull();
});
test("a problem says when to try again, and what happened meanwhile", () => {
  expect(problemOf({ code: "RATE_LIMITED" }, 429, "12").retryAfter).toBe(12);
  expect(problemOf({ code: "RATE_LIMITED" }, 429, "soon").retryAfter).toBeNull();
  const changes = [{ version: 4, event_type: "ContentEdited", stage: "CHARACTERS", occurred_at: "2026-01-01T00:00:00Z" }];
  const conflict = problemOf({ code: "VERSION_CONFLICT", current_version: 4, changes }, 409);
  expect([conflict.currentVersion, conflict.changes]).toEqual([4, changes]);
});
