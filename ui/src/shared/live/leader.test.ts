// The leader with connections that the test opens, fills and breaks.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { SourceHandlers } from "@/shared/api/eventStream";
import { Leader } from "./leader";
import type { FromLeader } from "./messages";

interface Opened extends SourceHandlers {
  address: string;
  closed: boolean;
}

let sources: Opened[];
let said: FromLeader[];
let leader: Leader;

beforeEach(() => {
  vi.useFakeTimers();
  sources = [];
  said = [];
  leader = new Leader(
    { leader: "me", since: 1 },
    (message) => said.push(message),
    (address, handlers) => {
      const opened = { ...handlers, address, closed: false };
      sources.push(opened);
      return {
        close: () => {
          opened.closed = true;
        },
      };
    },
  );
});

afterEach(() => {
  leader.stop();
  vi.useRealTimers();
});

const wants = (tab: string, ...sessions: string[]) =>
  leader.hear({
    kind: "subscriptions",
    tab,
    subscriptions: sessions.map((session) => ({ id: `${tab}/${session}`, session, last: 0, page: tab })),
  });
const at = (n: number): Opened => {
  const source = sources[n];
  if (!source) throw new Error(`no connection ${n}`);
  return source;
};
const ready = (n: number) => at(n).frame("ready", null, null, "");
const open = () => sources.filter(({ closed }) => !closed).length;
const kinds = () => said.map(({ kind }) => kind);

describe("one connection for all", () => {
  test("those who come while it opens are carried by the next, which begins before the first ends", () => {
    wants("one", "s1");
    wants("two", "s2");
    wants("three", "s3");
    expect(sources).toHaveLength(1);
    at(0).opened();
    at(0).frame("timeline", "s1", 1, "first");
    ready(0);
    expect(sources).toHaveLength(2);
    expect(at(1).address).toContain("s1:1:one");
    at(0).frame("timeline", "s1", 2, "second");
    at(1).opened();
    at(0).frame("timeline", "s1", 3, "of the old one");
    at(1).frame("timeline", "s1", 2, "second again");
    expect(at(0).closed).toBe(false);
    ready(1);
    expect(at(0).closed).toBe(true);
    expect(open()).toBe(1);
    expect(said.filter(({ kind }) => kind === "opened")).toMatchObject([
      { subscriptions: ["one/s1"] },
      { subscriptions: ["three/s3", "two/s2", "one/s1"] },
    ]);
    expect(said.flatMap((message) => (message.kind === "frame" ? [message.body] : []))).toEqual(["first", "second", "second again"]);
  });

  test("who leaves is no longer asked for, and without anybody there is no connection", () => {
    wants("one", "s1");
    wants("two", "s2");
    at(0).opened();
    ready(0);
    at(1).opened();
    ready(1);
    wants("two");
    vi.advanceTimersByTime(100);
    expect(at(2).address).toBe("/api/v1/live?sessions=s1:0:one");
    at(2).opened();
    ready(2);
    wants("one");
    vi.advanceTimersByTime(100);
    expect(open()).toBe(0);
  });

  test("the same said again opens nothing", () => {
    wants("one", "s1");
    at(0).opened();
    ready(0);
    wants("one", "s1");
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
  });
});

describe("a connection that breaks", () => {
  test("is said once, and comes back after pauses that grow until it was complete", () => {
    wants("one", "s1");
    at(0).opened();
    at(0).frame("timeline", "s1", 1, "");
    ready(0);
    at(0).failed();
    expect(kinds().at(-1)).toBe("lost");
    expect(at(0).closed).toBe(true);
    vi.advanceTimersByTime(249);
    expect(sources).toHaveLength(1);
    vi.advanceTimersByTime(1);
    at(1).failed();
    vi.advanceTimersByTime(499);
    expect(sources).toHaveLength(2);
    vi.advanceTimersByTime(1);
    at(2).opened();
    at(2).failed(); // it answers, and has nothing: that is no success
    vi.advanceTimersByTime(999);
    expect(sources).toHaveLength(3);
    vi.advanceTimersByTime(1);
    expect(at(3).address).toBe("/api/v1/live?sessions=s1:1:one");
    at(3).opened();
    ready(3);
    expect(kinds().at(-1)).toBe("opened");
    expect(open()).toBe(1);
  });

  test("while timers sleep comes back when somebody asks", () => {
    wants("one", "s1");
    at(0).opened();
    ready(0);
    at(0).failed();
    vi.setSystemTime(Date.now() + 1000); // the time passes, the timer of a hidden tab does not fire
    expect(sources).toHaveLength(1);
    leader.hear({ kind: "ping" });
    expect(sources).toHaveLength(2);
  });

  test("before it was complete leaves the one that is there", () => {
    wants("one", "s1");
    at(0).opened();
    ready(0);
    wants("two", "s2");
    at(1).failed();
    expect(at(0).closed).toBe(false);
    expect(kinds()).not.toContain("lost");
    vi.advanceTimersByTime(250);
    at(2).opened();
    at(0).failed(); // both end with the server: the old one says nothing of the new one
    expect(kinds()).not.toContain("lost");
    at(2).failed();
    expect(kinds().at(-1)).toBe("lost");
    expect(open()).toBe(0);
  });
});

test("everybody is asked from time to time, and who does not answer twice is forgotten", () => {
  wants("one", "s1");
  wants("two", "s2");
  at(0).opened();
  ready(0);
  at(1).opened();
  ready(1);
  for (let round = 0; round < 2; round += 1) {
    vi.setSystemTime(Date.now() + 15_000);
    leader.hear({ kind: "ping" });
    expect(kinds().at(-1)).toBe("leads");
    wants("one", "s1");
  }
  vi.advanceTimersByTime(100);
  expect(at(2).address).toBe("/api/v1/live?sessions=s1:0:one");
});

test("a leader that has stopped opens nothing any more", () => {
  wants("one", "s1");
  at(0).opened();
  ready(0);
  at(0).failed();
  leader.stop();
  vi.advanceTimersByTime(60_000);
  expect(open()).toBe(0);
  expect(sources).toHaveLength(1);
});
