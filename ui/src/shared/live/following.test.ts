import { expect, test } from "vitest";
import { follow, type Place, type Verdict } from "./following";
import { isLater } from "./messages";
import { Watch } from "./watch";

const carried: Place = { carried: true, last: 2 };

/** What is taken of these frames, and where it ends. */
function all(place: Place, frames: readonly [string, number | null][]): [Place, Verdict[]] {
  const verdicts: Verdict[] = [];
  for (const [event, version] of frames) {
    const [next, verdict] = follow(place, event, version);
    place = next;
    verdicts.push(verdict);
  }
  return [place, verdicts];
}

test("each version is taken once, in order, and whatever else comes with them", () => {
  const frames: [string, number | null][] = [["timeline", 1], ["timeline", 2], ["timeline", 3], ["state", null], ["timeline", 4]];
  expect(all(carried, frames)).toEqual([{ carried: true, last: 4 }, ["leave", "leave", "take", "take", "take"]]);
});

test("nothing is taken of a connection that does not carry the subscription", () => {
  const away = { carried: false, last: 2 };
  expect(all(away, [["timeline", 3], ["draft", null], ["reset", null]])).toEqual([away, ["leave", "leave", "leave"]]);
});

test("a gap is noticed, and nothing behind it is taken", () => {
  expect(all(carried, [["timeline", 4], ["state", null], ["timeline", 5]])).toEqual([
    { carried: false, last: 2 },
    ["missed", "leave", "leave"],
  ]);
});

test("a history that begins anew is taken from its beginning", () => {
  expect(all(carried, [["reset", null], ["timeline", 1]])).toEqual([{ carried: true, last: 1 }, ["take", "take"]]);
});

test("whoever leads later leads, and of two at the same moment all agree on one", () => {
  const one = { leader: "a", since: 1 };
  expect(isLater(one, null)).toBe(true);
  expect(isLater({ leader: "a", since: 2 }, { leader: "b", since: 1 })).toBe(true);
  expect(isLater({ leader: "b", since: 1 }, { leader: "a", since: 2 })).toBe(false);
  expect(isLater({ leader: "b", since: 1 }, one)).toBe(true);
  expect(isLater(one, { leader: "b", since: 1 })).toBe(false);
  expect(isLater(one, one)).toBe(false);
});

test("a leader that answers is never doubted; one that does not is first doubted, then given up, and then watched anew", () => {
  const watch = new Watch();
  for (let n = 0; n < 10; n += 1) {
    expect(watch.asks()).toBe("fine");
    watch.heard();
  }
  expect([1, 2, 3, 4, 5].map(() => watch.asks())).toEqual(["fine", "fine", "doubt", "dead", "fine"]);
  watch.heard();
  expect([1, 2, 3].map(() => watch.asks())).toEqual(["fine", "fine", "doubt"]);
});
