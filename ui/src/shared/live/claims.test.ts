// Tabs that may not have locks, and hear each other at once.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Claims, LISTENS } from "./claims";
import type { FromLeader, Leadership } from "./messages";

let all: Map<string, Claims>;
let leads: Map<string, Leadership>;
let since: number;

beforeEach(() => {
  vi.useFakeTimers();
  all = new Map();
  leads = new Map();
  since = 0;
});

afterEach(() => vi.useRealTimers());

/** A tab that is heard by the others only when `say` is called. */
function tab(name: string, lot = 0.5): Claims {
  const claims = new Claims(
    () => {
      const leadership = { leader: name, since: (since += 1) };
      leads.set(name, leadership);
      return leadership;
    },
    () => leads.delete(name),
    () => lot,
  );
  all.set(name, claims);
  claims.start();
  return claims;
}
function say(name: string, kind: "leads" | "pong" = "leads"): void {
  const leadership = leads.get(name);
  if (!leadership) throw new Error(`${name} does not lead`);
  const message: FromLeader = { kind, ...leadership };
  for (const claims of all.values()) claims.heard(message);
}
const leading = () => [...leads.keys()];

test("the first tab leads once it has heard nobody, and who comes later and hears it does not", () => {
  tab("one");
  expect(leading()).toEqual([]);
  vi.advanceTimersByTime(LISTENS);
  expect(leading()).toEqual(["one"]);
  tab("two");
  say("one", "pong");
  vi.advanceTimersByTime(10 * LISTENS);
  expect(leading()).toEqual(["one"]);
});

test("of tabs that begin to lead together one stays, and it is the later one", () => {
  for (const name of ["one", "two", "three"]) tab(name);
  vi.advanceTimersByTime(LISTENS);
  expect(leading()).toEqual(["one", "two", "three"]);
  say("two");
  expect(leading()).toEqual(["two", "three"]);
  say("three");
  expect(leading()).toEqual(["three"]);
});

test("when who leads has left, the one whose lot is shortest follows", () => {
  const first = tab("one");
  vi.advanceTimersByTime(LISTENS);
  const others = [tab("two", 0.9), tab("three", 0.1)];
  say("one", "pong");
  first.stop();
  for (const other of others) other.left();
  vi.advanceTimersByTime(0.1 * LISTENS);
  expect(leading()).toEqual(["three"]);
  say("three");
  vi.advanceTimersByTime(10 * LISTENS);
  expect(leading()).toEqual(["three"]);
});

test("who answers no more is followed at once, and yields when it wakes", () => {
  tab("one");
  vi.advanceTimersByTime(LISTENS);
  tab("two").take();
  expect(leading()).toEqual(["one", "two"]);
  say("two");
  expect(leading()).toEqual(["two"]);
});

test("a tab that has stopped leads no more, until it starts again", () => {
  const only = tab("one");
  vi.advanceTimersByTime(LISTENS);
  only.stop();
  only.take();
  only.left();
  vi.advanceTimersByTime(10 * LISTENS);
  expect(leading()).toEqual([]);
  only.start();
  vi.advanceTimersByTime(LISTENS);
  expect(leading()).toEqual(["one"]);
});
