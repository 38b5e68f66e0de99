import { expect, test } from "vitest";
import type { Contradiction, TimelineEntry } from "@/shared/api/types";
import { canAccept, lastMove, lastSearch } from "./agreement";

function entry(version: number, event_type: string, data: Record<string, unknown> = {}): TimelineEntry {
  return { version, event_type, event_id: String(version), stage: null, correlation_id: null, data, occurred_at: "" };
}

test("the list is asked for again when what is confirmed, locked or left as it is has changed", () => {
  expect(lastMove([])).toBe(0);
  const moves = ["StageConfirmed", "ContentCorrected", "ContradictionsDismissed", "ContradictionsRestored", "ContradictionsFound", "LocksChanged", "GenesisBranched"];
  for (const move of moves) expect(lastMove([entry(1, move), entry(2, "StageEntered"), entry(3, "ContentEdited")])).toBe(1);
});

test("what is locked or has no proposed change is not among those that are accepted at once", () => {
  const one = { proposed: "So Ada left.", locked: false } as Contradiction;
  expect(canAccept(one)).toBe(true);
  expect(canAccept({ ...one, locked: true })).toBe(false);
  expect(canAccept({ ...one, proposed: null })).toBe(false);
  expect(canAccept({ ...one, proposed: "" })).toBe(true);
});

test("the newest search by a model is told with what it found, and that something has changed since", () => {
  expect(lastSearch([])).toBeNull();
  const found = entry(4, "ContradictionsFound", { count: 2, dropped: 1, model: "qwen3:8b" });
  expect(lastSearch([entry(3, "StageConfirmed"), found])).toMatchObject({ found: 2, dropped: 1, model: "qwen3:8b", older: false });
  expect(lastSearch([found, entry(5, "ContradictionsDismissed")])?.older).toBe(false);
  expect(lastSearch([found, entry(5, "ContentCorrected")])?.older).toBe(true);
});
