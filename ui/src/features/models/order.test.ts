import { expect, test } from "vitest";
import type { ModelItem } from "@/shared/api/types";
import { inOrder, placeAfterStep } from "./order";

const item = (id: string, position: number, is_default = false) => ({ id, position, is_default }) as ModelItem;
const KEPT = [item("a", 0), item("b", 1), item("c", 2, true), item("d", 3)];

test("the default is asked first, the others by their place", () => {
  expect(inOrder(KEPT).map(({ id }) => id)).toEqual(["c", "a", "b", "d"]);
});

test("a step leads to the place of the neighbour, never over the default or out of the list", () => {
  const shown = inOrder(KEPT);
  const steps = (id: string) => ([-1, 1] as const).map((step) => placeAfterStep(shown, shown.find((one) => one.id === id)!, step));
  expect(steps("a")).toEqual([null, 1]);
  expect(steps("b")).toEqual([0, 3]);
  expect(steps("d")).toEqual([1, null]);
  expect(steps("c")).toEqual([null, null]);
});
