import { describe, expect, test } from "vitest";
import { arrows, towards } from "./arrows";
import { drawingWidth, layOut, structureOf } from "./relationLayout";
import { neighbours, readGraph, type Graph } from "./relations";
import { CASES, seeded } from "./seeded";

const NONE = new Map<string, string>();
const person = (id: string, ...targets: string[]) => ({ id, name: id, relations: targets.map((target_id) => ({ target_id, surface: "s" })) });

describe("reading the people", () => {
  test("there and back are two ties, and more of the same direction is one with more to say", () => {
    const { ties } = readGraph({ characters: [person("a", "b", "b"), person("b", "a")] }, NONE);
    expect(ties.map(({ from, to, said }) => [from, to, said.length])).toEqual([["a", "b", 2], ["b", "a", 1]]);
  });
  test("who is only named is there too, by the name that is known elsewhere", () => {
    const { people } = readGraph({ characters: [person("a", "ghost", "zed")] }, new Map([["zed", "Zed"]]));
    expect(people.map(({ name, index }) => [name, index])).toEqual([["a", 0], ["ghost", null], ["Zed", null]]);
  });
  test("two of one id are two people, and a draft is read as far as it goes", () => {
    const draft = { characters: [{ id: "a", name: "A" }, { id: "a", name: "B" }, {}, { name: "C", relations: [{ target_id: "" }, {}] }, null] };
    const { people, ties } = readGraph(draft, NONE);
    expect(people.map(({ name }) => name)).toEqual(["A", "B", "C"]);
    expect(new Set(people.map(({ key }) => key)).size).toBe(3);
    expect(ties).toEqual([]);
    expect(readGraph({}, NONE).people).toEqual([]);
  });
});

function made(seed: number): Graph {
  const random = seeded(seed);
  const count = 1 + Math.floor(random() * 60);
  const any = () => `p${Math.floor(random() * count)}`;
  const characters = Array.from({ length: count }, (_, n) => person(`p${n}`, ...Array.from({ length: Math.floor(random() * 4) }, any)));
  return readGraph({ characters }, NONE);
}

describe("the map", () => {
  test.each(CASES.slice(0, 8))("nobody stands on anybody or over the edge, at any width (%i)", (seed) => {
    const graph = made(seed);
    for (const width of [248, 480, 800]) {
      const { points, box, height } = layOut(graph, width);
      const all = [...points.values()];
      expect(all).toHaveLength(graph.people.length);
      all.forEach((one, index) => {
        expect(Math.min(one.x - box.width / 2, width - one.x - box.width / 2)).toBeGreaterThanOrEqual(-0.5);
        expect(Math.min(one.y - box.height / 2, height - one.y - box.height / 2)).toBeGreaterThanOrEqual(-0.5);
        const apart = (other: typeof one) => Math.abs(one.x - other.x) >= box.width || Math.abs(one.y - other.y) >= box.height;
        expect(all.slice(index + 1).every(apart)).toBe(true);
      });
    }
  });
  test("the same people and relations are the same picture, in whatever order and with whatever words", () => {
    const one = readGraph({ characters: [person("a", "b"), person("b", "c"), person("c")] }, NONE);
    const other = readGraph({ characters: [person("c"), { ...person("b", "c"), name: "Other" }, person("a", "b")] }, NONE);
    expect(structureOf(other)).toBe(structureOf(one));
    for (const key of ["a", "b", "c"]) expect(layOut(other, 800).points.get(key)).toEqual(layOut(one, 800).points.get(key));
  });
  test("there and back are two lines with two numbers, and one's own tie is drawn too", () => {
    const graph = readGraph({ characters: [person("a", "b", "a"), person("b", "a")] }, NONE);
    const found = arrows(graph.ties, layOut(graph, 800));
    expect(found).toHaveLength(3);
    expect(new Set(found.map(({ line }) => line)).size).toBe(3);
    expect(new Set(found.map(({ badge }) => JSON.stringify(badge))).size).toBe(3);
    for (const { line, head } of found) expect(line + head).not.toContain("NaN");
  });
  test("the drawing is never wider than the page, but for the narrowest", () => {
    expect([0, 247, 400, 5000].map(drawingWidth)).toEqual([248, 248, 340, 800]);
  });
  test("an arrow key leads along a relation, and nowhere where there is none that way", () => {
    const points = new Map([["a", { x: 0, y: 0 }], ["b", { x: 100, y: 10 }], ["c", { x: 0, y: 90 }], ["d", { x: 60, y: 0 }]]);
    const layout = { width: 200, height: 200, box: { width: 10, height: 10, room: 1 }, points };
    const others = neighbours(readGraph({ characters: [person("a", "b"), person("c", "a"), person("d"), person("b")] }, NONE), "a");
    expect(towards(layout, "a", others, "ArrowRight")).toBe("b");
    expect(towards(layout, "a", others, "ArrowDown")).toBe("c");
    expect(towards(layout, "a", others, "ArrowLeft")).toBeNull();
    expect(towards(layout, "a", others, "x")).toBeNull();
  });
});
