import { describe, expect, test } from "vitest";
import type { Seat } from "./messages";
import { MOST, Seats } from "./seats";

const seat = (id: string, session: string | null, last = 0, page = id): Seat => ({ id, session, last, page });

describe("what is asked for", () => {
  test("is nothing while nobody wants anything", () => {
    const seats = new Seats();
    expect(seats.wanted()).toBeNull();
    seats.seated("one", [seat("a", "s1")]);
    seats.seated("one", []);
    expect(seats.wanted()).toBeNull();
    expect(seats.matches([])).toBe(true);
  });

  test("names each session once, from where the one that has least goes on, with every page that shows it", () => {
    const seats = new Seats();
    seats.seated("one", [seat("a", "s1", 7)]);
    seats.seated("two", [seat("b", "s1", 4), seat("c", null)]);
    seats.seated("three", [seat("d", "s2", 0, "b")]);
    const wanted = seats.wanted();
    expect(wanted?.address).toBe("/api/v1/live?sessions=s2:0:b,s1:4:b:a&lists=1");
    expect([...(wanted?.seats ?? [])].sort()).toEqual(["a", "b", "c", "d"]);
    expect(seats.matches(["d", "a", "c", "b"])).toBe(true);
    expect(seats.matches(["d", "a", "c"])).toBe(false);
  });

  test("goes on after what was sent, for those only whom the connection carried", () => {
    const seats = new Seats();
    seats.seated("one", [seat("a", "s1", 2), seat("b", "s2", 2)]);
    seats.sent(["a", "b"], "s1", 3);
    expect(seats.wanted()?.address).toContain("s1:3:");
    seats.seated("two", [seat("c", "s1", 0)]);
    seats.sent(["a", "b"], "s1", 4);
    expect(seats.wanted()?.address).toContain("s1:0:");
    seats.sent(["a", "b", "c"], "s1", 1);
    expect(seats.wanted()?.address).toContain("s1:1:");
    seats.sent(["a", "b", "c"], "s1", 0); // the session's history begins anew
    expect(seats.wanted()?.address).toContain("s1:0:");
    expect(seats.wanted()?.address).toContain("s2:2:");
  });

  test("is the newest where not all fit, and stays the same when everybody says again what they have", () => {
    const seats = new Seats();
    for (let n = 0; n < MOST + 3; n += 1) seats.seated(`tab ${n}`, [seat(`a${n}`, `s${n}`)]);
    const wanted = seats.wanted()?.seats ?? [];
    expect(wanted).toHaveLength(MOST);
    expect(wanted).not.toContain("a2");
    for (let n = 0; n < 3; n += 1) expect(seats.seated(`tab ${n}`, [seat(`a${n}`, `s${n}`)])).toBe(false);
    expect(seats.matches(wanted)).toBe(true);
    expect(seats.seated("tab 0", [seat("again", "s0")])).toBe(true); // it is looked at now
    expect(seats.wanted()?.seats).toContain("again");
  });

  test("counts the pages of all sessions together", () => {
    const seats = new Seats();
    for (let n = 0; n < MOST + 3; n += 1) seats.seated(`tab ${n}`, [seat(`a${n}`, "s")]);
    expect(seats.wanted()?.seats).toHaveLength(MOST);
    expect(seats.wanted()?.address.match(/:a/g)).toHaveLength(MOST);
  });
});

test("a tab that does not answer for a whole round is forgotten, and is new when it answers again", () => {
  const seats = new Seats();
  seats.seated("one", [seat("a", "s1")]);
  seats.seated("two", [seat("b", "s2")]);
  seats.round();
  seats.seated("one", [seat("a", "s1")]);
  expect(seats.wanted()?.seats).toEqual(["b", "a"]);
  seats.round();
  expect(seats.wanted()?.seats).toEqual(["a"]);
  expect(seats.seated("two", [seat("b", "s2")])).toBe(true);
});
