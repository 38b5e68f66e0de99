import { describe, expect, test, vi } from "vitest";
import type { SessionState, StageDifferences, ValueChange } from "@/shared/api/types";
import type { Row, Sides, Words } from "./differences";

// the client, which is loaded on the way, takes it
vi.stubGlobal("window", { location: { origin: "http://studio" } });
const { confirmedRows, feedbackRows, inWords, proposalRows, sessionRows, settingRows } = await import("./differences");

const words: Words = { language: "en", say: (key, fallback) => (key.startsWith("diff.key.x") ? fallback : key), version: (n) => `Version ${n}` };
const change = (path: string, before: unknown, after: unknown, more: Partial<ValueChange> = {}) =>
  ({ kind: before === null ? "added" : after === null ? "removed" : "changed", path, before, after, ...more }) as ValueChange;
const stage = (more: Partial<StageDifferences>) =>
  ({ stage: "CHARACTERS", confirmed: [], proposals: [], feedback: [], settings: [], ...more }) as unknown as StageDifferences;
const people = (name: string) => ({ characters: [{ id: "c1", name, want: "the sea" }] });
const side = (content: unknown, proposals: unknown[] = []) =>
  ({ confirmed_data: content ? { CHARACTERS: content } : {}, stages: [{ stage: "CHARACTERS", proposals }] }) as unknown as SessionState;
const told = (rows: readonly Row[]) => rows.map(({ where, before, after }) => [where.map(({ label, name }) => name ?? label).join(" › "), before, after]);

describe("what differs, in words", () => {
  const sides: Sides = { before: side(people("Ana")), after: side(people("Ana")) };
  test("a field of an item is called by the item's name", () => {
    const found = stage({ confirmed: [change("/characters/c1/want", "the sea", "the shore")] });
    expect(told(confirmedRows(found, sides, words))).toEqual([["Ana › Wants", "the sea", "the shore"]]);
  });
  test("a whole text that came is told field by field", () => {
    const found = stage({ confirmed: [change("", null, people("Ana"))] });
    expect(told(confirmedRows(found, { ...sides, before: side(null) }, words))).toContainEqual(["Ana › want", "", "the sea"]);
  });
  test("an item that is on neither side any more is called by its path, without its id", () => {
    const found = stage({ confirmed: [change("/characters/3f0c1a2b-0000", { id: "3f0c1a2b-0000", name: "Bo", want: "salt" }, null)] });
    const none = side(null);
    expect(told(confirmedRows(found, { before: none, after: none }, words))).toEqual([["Characters", "Bo · salt", ""]]);
  });
  test("an item at another place is said to have moved", () => {
    const found = stage({ confirmed: [change("/characters/c1", null, null, { kind: "moved", before_index: 2, after_index: 0 })] });
    expect(confirmedRows(found, sides, words)[0]?.moved).toEqual({ from: 3, to: 1 });
  });
  test("a proposal is told by its version, feedback by its words", () => {
    const found = stage({
      proposals: [change("/p1", null, { id: "p1", version: 4, origin: "ai", content: {} })],
      feedback: [change("/f1", null, { id: "f1", text: "older", proposal_id: "p1" })],
    });
    expect(told(proposalRows(found, words))).toEqual([["Version 4", "", "origin.ai"]]);
    expect(told(feedbackRows(found, words))).toEqual([["proposal.feedback.given", "", "older"]]);
  });
  test("status, locks and the accepted proposal have their own words", () => {
    const known = { before: side(null), after: side(null, [{ id: "p1", version: 4, content: {} }]) };
    const found = stage({
      settings: [change("/status", "empty", "confirmed"), change("/confirmed_proposal_id", null, "p1"), change("/locked_paths/0", null, "/characters")],
    });
    expect(told(settingRows(found, known, words))).toEqual([
      ["diff.key.status", "stageStatus.empty", "stageStatus.confirmed"],
      ["diff.key.confirmed_proposal_id", "", "Version 4"],
      ["diff.key.locked_paths", "", "Characters"],
    ]);
  });
  test("the session's own line", () => {
    expect(told(sessionRows([change("/current_stage", "CHARACTERS", "WORLDVIEW")], words))).toEqual([
      ["diff.key.current_stage", "stage.CHARACTERS", "stage.WORLDVIEW"],
    ]);
  });
  test("a value of any depth", () => {
    expect(inWords({ id: "x", name: "Bo", tags: ["a", 2, null], locked: false })).toBe("Bo · a · 2");
    expect(inWords(null)).toBe("");
  });
});
