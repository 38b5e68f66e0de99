import { describe, expect, test } from "vitest";
import type { Proposal, SessionState, StageView } from "@/shared/api/types";
import { seenOf, standing, touches } from "./seen";

const proposal = (id: string, revision_of: string | null = null, origin: Proposal["origin"] = "ai"): Proposal => ({
  id,
  version: id === "a" || id === "b" || id === "old" ? 1 : 2,
  content: {},
  origin,
  revision_of,
  adjustments: [],
  created_at: "2026-01-01T00:00:00Z",
});
const view = (more: Partial<StageView> = {}): StageView => ({
  stage: "CHARACTERS",
  label: "Characters",
  label_zh: "人物",
  status: "proposed",
  locked_paths: [],
  shortlist: [],
  confirmed_proposal_id: null,
  proposals: [proposal("a"), proposal("b")],
  feedback: [],
  ...more,
});
const seen = seenOf({ version: 7, stages: [view()] } as unknown as SessionState, "CHARACTERS");

describe("what happened meanwhile touches an edit", () => {
  test("when the same text was edited or refined", () => {
    const now = view({ proposals: [proposal("a"), proposal("b"), proposal("c", "a", "ai_edited")] });
    expect(touches(seen, now, "content", "a")).toBe(true);
    expect(standing(seen, now, "a")?.id).toBe("c");
  });
  test("when a refinement of the refinement stands, that is what stands", () => {
    const now = view({ proposals: [proposal("a"), proposal("c", "a"), proposal("d", "c")] });
    expect(standing(seen, now, "a")?.id).toBe("d");
  });
  test("when the stage was accepted otherwise", () => {
    const now = view({ confirmed_proposal_id: "b" });
    expect(touches(seen, now, "content", "a")).toBe(true);
    expect(standing(seen, now, "a")?.id).toBe("b");
  });
  test("when its locks changed", () => {
    expect(touches(seen, view({ locked_paths: ["/characters"] }), "content", "a")).toBe(true);
  });
  test("not when a new round came, or another text was refined", () => {
    const now = view({ proposals: [proposal("a"), proposal("b"), proposal("c"), proposal("d", "b")] });
    expect(touches(seen, now, "content", "a")).toBe(false);
  });
  test("not when only the shortlist changed", () => {
    expect(touches(seen, view({ shortlist: ["b"] }), "content", "a")).toBe(false);
  });
});

describe("an answer to a text", () => {
  test("is touched by another version of it, and by another that was accepted", () => {
    const revised = view({ proposals: [proposal("a"), proposal("b"), proposal("c", "a")] });
    for (const aim of ["accept", "words"] as const) {
      expect(touches(seen, revised, aim, "a")).toBe(true);
      expect(touches(seen, revised, aim, "b")).toBe(false);
      expect(touches(seen, view({ confirmed_proposal_id: "b" }), aim, "a")).toBe(true);
    }
  });
  test("not when only its locks changed", () => {
    expect(touches(seen, view({ locked_paths: ["/characters"] }), "accept", "a")).toBe(false);
  });
});

describe("a text of one's own", () => {
  test("is touched by another hand, not by a round of proposals", () => {
    const round = view({ proposals: [proposal("a"), proposal("b"), proposal("c")] });
    expect(touches(seen, round, "content", null)).toBe(false);
    const hand = view({ proposals: [proposal("a"), proposal("b"), proposal("c", null, "human")] });
    expect(touches(seen, hand, "content", null)).toBe(true);
    expect(standing(seen, hand, null)?.id).toBe("c");
  });
});

test("locks and shortlists are touched by their own kind only", () => {
  const accepted = view({ confirmed_proposal_id: "b" });
  expect(touches(seen, accepted, "locks", "a")).toBe(false);
  expect(touches(seen, accepted, "shortlist", "a")).toBe(false);
  expect(touches(seen, view({ shortlist: ["a"] }), "shortlist", "b")).toBe(true);
  expect(touches(seen, view({ locked_paths: ["/x"] }), "locks", "a")).toBe(true);
});

test("an older proposal that comes to light is nothing new", () => {
  const old = proposal("old", "a", "human");
  expect(touches(seen, view({ proposals: [old, proposal("a"), proposal("b")] }), "content", "a")).toBe(false);
});
