import { describe, expect, test } from "vitest";
import type { DraftFrame, TimelineEntry } from "@/shared/api/types";
import { draftContents, endedEarly, heardUntil, listen, QUIET, seenFrom, type Frame } from "./live";

const entry = (version: number, event_type: string): TimelineEntry => ({
  version,
  event_id: `e${version}`,
  event_type,
  stage: "CHARACTERS",
  correlation_id: "work",
  data: {},
  occurred_at: "2026-01-01T00:00:00Z",
});
const draft = (seq: number, content: unknown, offset = 0): DraftFrame => ({
  session_id: "s",
  correlation_id: "work",
  seq,
  offset,
  content,
});

describe("the stream", () => {
  test("keeps the history in order and takes nothing twice", () => {
    const once = listen(QUIET, { event: "timeline", data: entry(1, "GenesisStarted") }, 0);
    const twice = listen(once, { event: "timeline", data: entry(1, "GenesisStarted") }, 0);
    expect(listen(twice, { event: "timeline", data: entry(2, "StageEntered") }, 0).timeline.map((e) => e.version)).toEqual([1, 2]);
  });
  test("of a moment of the past there is the history until then, and nothing of work that runs now", () => {
    const now = { ...QUIET, connection: "open" as const, timeline: [entry(1, "GenesisStarted"), entry(2, "StageEntered")], draft: draft(5, "new") };
    expect(heardUntil(now, 1)).toEqual({ ...QUIET, connection: "open", timeline: [entry(1, "GenesisStarted")] });
  });
  test("an older draft never takes the place of a newer one", () => {
    const newer = listen(QUIET, { event: "draft", data: draft(5, "new") }, 0);
    expect(listen(newer, { event: "draft", data: draft(4, "old") }, 0).draft?.content).toBe("new");
  });
  test("a draft with an offset goes on from there", () => {
    const begun = listen(QUIET, { event: "draft", data: draft(1, "Once upon") }, 0);
    expect(listen(begun, { event: "draft", data: draft(2, " a time", 9) }, 0).draft?.content).toBe("Once upon a time");
  });
  test("a reset forgets everything but the connection", () => {
    const open = listen(QUIET, { event: "opened" }, 0);
    const full = listen(open, { event: "timeline", data: entry(9, "GenesisStarted") }, 0);
    expect(listen(full, { event: "reset" }, 0)).toEqual({ ...QUIET, connection: "open" });
  });
});

test("a stopped generation is remembered until the next one begins", () => {
  const stopped = [entry(1, "GenerationRequested"), entry(2, "GenerationCancelled"), entry(3, "StageEntered")];
  expect(endedEarly(stopped)?.version).toBe(2);
  expect(endedEarly([...stopped, entry(4, "GenerationRequested")])).toBeNull();
});

test("contents of a draft that is anything else are none", () => {
  expect(draftContents({ contents: [{ title: "A" }, null] })).toEqual([{ title: "A" }]);
  expect(draftContents("half")).toEqual([]);
});

test("silence is counted from when there was somebody to hear again", () => {
  const away = listen(listen(QUIET, { event: "opened" }, 1000), { event: "lost" }, 2000);
  expect([away.connection, away.heardAt]).toEqual(["lost", 1000]);
  expect(listen(away, { event: "opened" }, 60_000).heardAt).toBe(60_000);
});

describe("who else is here", () => {
  const client = { client_id: "a", label: "Firefox on Linux", since: "2026-01-01T00:00:00Z", you: false };
  test("is known as the stream says, survives a reset, and is forgotten with the connection", () => {
    const seen = listen(QUIET, { event: "presence", data: { clients: [client] } }, 0);
    expect(seen.present).toEqual([client]);
    expect(listen(seen, { event: "reset" }, 0).present).toEqual([client]);
    expect(listen(seen, { event: "lost" }, 0).present).toEqual([]);
  });
  test("is told by each tab for itself", () => {
    const both = [{ ...client, you: true }, { ...client, client_id: "b", you: true }];
    expect(seenFrom("b", both).map(({ you }) => you)).toEqual([false, true]);
  });
});

test("a draft in pieces counts once all of them have come", () => {
  const text = JSON.stringify({ contents: [{ title: "Tides" }] });
  const piece = (n: number, seq = 5): Frame => ({
    event: "draft_piece",
    data: { session_id: "s", correlation_id: "w", seq, offset: 0, piece: n, pieces: 2, content: n === 0 ? text.slice(0, 9) : text.slice(9) },
  });
  const half = listen(QUIET, piece(0), 1);
  expect(half.draft).toBeNull();
  const whole = listen(half, piece(1), 2);
  expect(draftContents(whole.draft?.content)).toEqual([{ title: "Tides" }]);
  expect([whole.draft?.seq, whole.heardAt]).toEqual([5, 2]);
  // the rest of a draft whose beginning was sent on another connection says nothing
  expect(listen(QUIET, piece(1), 3).draft).toBeNull();
  expect(listen(listen(QUIET, piece(0, 4), 3), piece(1, 5), 4).draft).toBeNull();
});
