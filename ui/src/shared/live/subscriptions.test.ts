import { describe, expect, test } from "vitest";
import type { Subscription } from "./messages";
import { MOST, Subscriptions } from "./subscriptions";

const subscription = (id: string, session: string | null, last = 0, page = id): Subscription => ({ id, session, last, page });

describe("what is asked for", () => {
  test("is nothing while nobody wants anything", () => {
    const subscriptions = new Subscriptions();
    expect(subscriptions.wanted()).toBeNull();
    subscriptions.subscribed("one", [subscription("a", "s1")]);
    subscriptions.subscribed("one", []);
    expect(subscriptions.wanted()).toBeNull();
    expect(subscriptions.matches([])).toBe(true);
  });

  test("names each session once, from where the one that has least goes on, with every page that shows it", () => {
    const subscriptions = new Subscriptions();
    subscriptions.subscribed("one", [subscription("a", "s1", 7)]);
    subscriptions.subscribed("two", [subscription("b", "s1", 4), subscription("c", null)]);
    subscriptions.subscribed("three", [subscription("d", "s2", 0, "b")]);
    const wanted = subscriptions.wanted();
    expect(wanted?.address).toBe("/api/v1/live?sessions=s2:0:b,s1:4:b:a&lists=1");
    expect([...(wanted?.subscriptions ?? [])].sort()).toEqual(["a", "b", "c", "d"]);
    expect(subscriptions.matches(["d", "a", "c", "b"])).toBe(true);
    expect(subscriptions.matches(["d", "a", "c"])).toBe(false);
  });

  test("goes on after what was sent, for those only whom the connection carried", () => {
    const subscriptions = new Subscriptions();
    subscriptions.subscribed("one", [subscription("a", "s1", 2), subscription("b", "s2", 2)]);
    subscriptions.sent(["a", "b"], "s1", 3);
    expect(subscriptions.wanted()?.address).toContain("s1:3:");
    subscriptions.subscribed("two", [subscription("c", "s1", 0)]);
    subscriptions.sent(["a", "b"], "s1", 4);
    expect(subscriptions.wanted()?.address).toContain("s1:0:");
    subscriptions.sent(["a", "b", "c"], "s1", 1);
    expect(subscriptions.wanted()?.address).toContain("s1:1:");
    subscriptions.sent(["a", "b", "c"], "s1", 0); // the session's history begins anew
    expect(subscriptions.wanted()?.address).toContain("s1:0:");
    expect(subscriptions.wanted()?.address).toContain("s2:2:");
  });

  test("is the newest where not all fit, and stays the same when everybody says again what they have", () => {
    const subscriptions = new Subscriptions();
    for (let n = 0; n < MOST + 3; n += 1) subscriptions.subscribed(`tab ${n}`, [subscription(`a${n}`, `s${n}`)]);
    const wanted = subscriptions.wanted()?.subscriptions ?? [];
    expect(wanted).toHaveLength(MOST);
    expect(wanted).not.toContain("a2");
    for (let n = 0; n < 3; n += 1) expect(subscriptions.subscribed(`tab ${n}`, [subscription(`a${n}`, `s${n}`)])).toBe(false);
    expect(subscriptions.matches(wanted)).toBe(true);
    expect(subscriptions.subscribed("tab 0", [subscription("again", "s0")])).toBe(true); // it is looked at now
    expect(subscriptions.wanted()?.subscriptions).toContain("again");
  });

  test("counts the pages of all sessions together", () => {
    const subscriptions = new Subscriptions();
    for (let n = 0; n < MOST + 3; n += 1) subscriptions.subscribed(`tab ${n}`, [subscription(`a${n}`, "s")]);
    expect(subscriptions.wanted()?.subscriptions).toHaveLength(MOST);
    expect(subscriptions.wanted()?.address.match(/:a/g)).toHaveLength(MOST);
  });
});

test("a tab that does not answer for a whole round is forgotten, and is new when it answers again", () => {
  const subscriptions = new Subscriptions();
  subscriptions.subscribed("one", [subscription("a", "s1")]);
  subscriptions.subscribed("two", [subscription("b", "s2")]);
  subscriptions.round();
  subscriptions.subscribed("one", [subscription("a", "s1")]);
  expect(subscriptions.wanted()?.subscriptions).toEqual(["b", "a"]);
  subscriptions.round();
  expect(subscriptions.wanted()?.subscriptions).toEqual(["a"]);
  expect(subscriptions.subscribed("two", [subscription("b", "s2")])).toBe(true);
});
