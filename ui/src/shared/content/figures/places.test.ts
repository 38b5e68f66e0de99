import { describe, expect, test } from "vitest";
import { countPlaces, inSight, placeTree, type Place } from "./places";
import { CASES, seeded } from "./seeded";
import { treeStep } from "./treeStepping";

const place = (id: string, parent_id?: string) => ({ id, name: id.toUpperCase(), parent_id: parent_id ?? null });
const tree = (...locations: unknown[]) => placeTree({ locations });
const shape = (places: readonly Place[]): unknown => places.map(({ id, children }) => (children.length > 0 ? [id, shape(children)] : id));

describe("the tree of places", () => {
  test("parts lie in their wholes, whichever is listed first", () => {
    expect(shape(tree(place("quay", "town"), place("town", "coast"), place("coast")))).toEqual([["coast", [["town", ["quay"]]]]]);
  });
  test("what lies in something that is not there stands at the top, and says so", () => {
    const [found] = tree(place("island", "atlantis"));
    expect(found?.odd).toEqual({ kind: "missing", parent: "atlantis" });
  });
  test("a circle is cut where it is listed first, and says so", () => {
    const found = tree(place("a", "b"), place("b", "c"), place("c", "a"), place("d", "c"));
    expect(shape(found)).toEqual([["a", [["c", ["b", "d"]]]]]);
    expect(found[0]?.odd).toEqual({ kind: "circle", parent: "B" });
    expect(tree(place("self", "self"))[0]?.odd?.kind).toBe("circle");
  });
  test("a draft is read as far as it goes, and two of one id are both shown", () => {
    expect(shape(tree({ name: "No id" }, {}, null, place("a"), place("a"), place("b", "a")))).toEqual(["", ["a", ["b"]], "a"]);
    expect(placeTree({ locations: "none" })).toEqual([]);
  });
  test.each(CASES)("every place is there once, whatever the parents (%i)", (seed) => {
    const random = seeded(seed);
    const count = Math.floor(random() * 80);
    const locations = Array.from({ length: count }, (_, n) => place(`p${n}`, random() < 0.8 ? `p${Math.floor(random() * count * 1.1)}` : undefined));
    const found = placeTree({ locations });
    expect(countPlaces(found)).toBe(count);
    expect(new Set(inSight(found, new Set()).map(({ place: { index } }) => index)).size).toBe(count);
  });
});

describe("keys in a tree", () => {
  const tops = tree(place("coast"), place("town", "coast"), place("tower", "coast"), place("sea"));
  const [coast, sea] = tops as [Place, Place];
  const [town, tower] = coast.children as [Place, Place];
  const open = inSight(tops, new Set());
  test("up and down go through what is in sight, left and right fold and unfold", () => {
    expect(treeStep(open, new Set(), coast, "ArrowDown")).toEqual({ to: town.index });
    expect(treeStep(open, new Set(), town, "ArrowUp")).toEqual({ to: coast.index });
    expect(treeStep(open, new Set(), coast, "ArrowLeft")).toEqual({ fold: true });
    expect(treeStep(open, new Set(), tower, "ArrowLeft")).toEqual({ to: coast.index });
    expect(treeStep(open, new Set(), sea, "ArrowDown")).toBeNull();
    const folded = new Set([coast.index]);
    const shut = inSight(tops, folded);
    expect(shut.map(({ place: { id } }) => id)).toEqual(["coast", "sea"]);
    expect(treeStep(shut, folded, coast, "ArrowRight")).toEqual({ fold: false });
    expect(treeStep(shut, folded, coast, "ArrowDown")).toEqual({ to: sea.index });
  });
  test("a letter leads to the next name that begins with it, round the end", () => {
    expect(treeStep(open, new Set(), coast, "t")).toEqual({ to: town.index });
    expect(treeStep(open, new Set(), town, "T")).toEqual({ to: tower.index });
    expect(treeStep(open, new Set(), sea, "c")).toEqual({ to: coast.index });
    expect(treeStep(open, new Set(), sea, "?")).toBeNull();
  });
});
