import { expect, test } from "vitest";
import type { SessionItem } from "@/shared/api/types";
import type { Place } from "@/shared/content/figures/places";
import { branchTree } from "./family";

const item = (session_id: string, source: string | null = null, source_version = 0) =>
  ({ session_id, title: session_id, source_session_id: source, source_version: source ? source_version : null }) as SessionItem;
const drawn = (places: readonly Place[]): unknown[] => places.map(({ name, children }) => (children.length > 0 ? [name, drawn(children)] : name));

test("branches stand under their source, in the order in which they left it", () => {
  const items = [item("root"), item("late", "root", 9), item("early", "root", 2), item("of early", "early", 1)];
  expect(drawn(branchTree(items))).toEqual([["root", [["early", ["of early"]], "late"]]]);
});

test("a branch whose source is not here stands at the top", () => {
  expect(drawn(branchTree([item("orphan", "gone", 3), item("child", "orphan", 1)]))).toEqual([["orphan", ["child"]]]);
});

test("fifty branches, one of the other", () => {
  const items = Array.from({ length: 50 }, (_, n) => item(`${n}`, n === 0 ? null : `${n - 1}`, 1));
  let depth = 0;
  for (let here = branchTree(items); here.length > 0; here = here[0]?.children ?? []) depth += 1;
  expect(depth).toBe(50);
});

test("places keep their place in the list", () => {
  const [root] = branchTree([item("b", "a", 1), item("a")]);
  expect([root?.index, root?.children[0]?.index]).toEqual([1, 0]);
});
