import { expect, test } from "vitest";
import type { Proposal, StageView, TimelineEntry } from "@/shared/api/types";
import { lockSource, locksShownOn } from "./lockSource";

const entry = (event_type: string, data: Record<string, unknown>): TimelineEntry => ({
  version: 1,
  event_id: "e",
  event_type,
  stage: "CHARACTERS",
  correlation_id: null,
  data,
  occurred_at: "",
});
const proposal = (id: string, content: Record<string, unknown>): Proposal => ({
  id,
  version: 1,
  content,
  origin: "ai",
  revision_of: null,
  adjustments: [],
  created_at: "",
});

test("the locks keep the text of the proposal they were set on, and follow its edits", () => {
  const locked = [entry("LocksChanged", { proposal_id: "a" })];
  expect(lockSource(locked, "CHARACTERS")).toBe("a");
  expect(lockSource([...locked, entry("ContentEdited", { proposal_id: "b", revision_of: "a" })], "CHARACTERS")).toBe("b");
  expect(lockSource([...locked, entry("ContentCorrected", { proposal_id: "b", revision_of: "a" })], "CHARACTERS")).toBe("b");
  expect(lockSource([...locked, entry("ContentEdited", { proposal_id: "c", revision_of: "x" })], "CHARACTERS")).toBe("a");
});

test("a lock shows only where the kept text stands", () => {
  const a = proposal("a", { title: "Salt" });
  const b = proposal("b", { title: "Brine" });
  const view: StageView = {
    stage: "CONCEPT_SELECTION",
    label: "",
    label_zh: "",
    status: "proposed",
    locked_paths: ["/title"],
    shortlist: [],
    confirmed_proposal_id: null,
    proposals: [a, b],
    feedback: [],
  };
  expect(locksShownOn(a.content ?? {}, a.content, view)).toEqual(["/title"]);
  expect(locksShownOn(b.content ?? {}, a.content, view)).toEqual([]);
});
