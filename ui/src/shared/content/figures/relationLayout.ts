// Places people by their relations: d3-force run to its rest, then boxes moved apart. The same people and relations always
// come to the same picture: d3-force begins from fixed places and draws no real random numbers.
// https://d3js.org/d3-force/simulation#simulation_randomSource
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type SimulationNodeDatum } from "d3-force";
import type { Graph } from "./relations";

export interface Point {
  x: number;
  y: number;
}
/** A picture of `width` by `height`; `points` are the centres of boxes of `box.width` by `box.height`, by key. */
export interface Layout {
  width: number;
  height: number;
  /** `room` is left between any two boxes. */
  box: { width: number; height: number; room: number };
  points: ReadonlyMap<string, Point>;
}

// few widths, so that the picture does not move with every pixel of a window; it is scaled between them
const WIDTHS = [248, 340, 480, 640, 800];
const [TICKS, ROUNDS] = [300, 200];

/** The widest of the widths that fits. */
export function drawingWidth(available: number): number {
  return WIDTHS.findLast((width) => width <= available) ?? 248;
}

/** What of a graph decides where its people stand: while words are written, nobody moves. */
export function structureOf({ people, ties }: Graph): string {
  return JSON.stringify([people.map(({ key }) => key).sort(), ties.map(({ from, to }) => [from, to].sort()).sort()]);
}

export function layOut(graph: Graph, width: number): Layout {
  const keys = graph.people.map(({ key }) => key).sort();
  const room = keys.length <= 12 ? 26 : keys.length <= 24 ? 16 : 6;
  const box = width < 480 ? { width: 76, height: 50, room } : { width: 112, height: 56, room };
  const height = heightFor(keys.length, width, box);
  const points = atRest(keys, graph, box);
  fill(points, width, height, box);
  if (!moveApart(points, width, height, box)) ontoGrid(points, width, height, box);
  return { width, height, box, points: new Map(keys.map((key, index) => [key, points[index] ?? { x: 0, y: 0 }])) };
}

type Box = Layout["box"];

function columns(width: number, box: Box): number {
  return Math.max(1, Math.floor(width / (box.width + box.room)));
}

/** Room for everybody and as much again, at least the half of the width for a group. */
function heightFor(count: number, width: number, box: Box): number {
  if (count <= 1) return box.height + 28;
  if (count === 2) return box.height * 2.5;
  const rows = Math.ceil(count / columns(width, box));
  const room = rows * (box.height + box.room) * (count > 24 ? 1.5 : 1.7);
  return Math.round(Math.max(room, Math.min(width * 0.55, 130 + count * 30)));
}

function atRest(keys: readonly string[], { ties }: Graph, box: Box): Point[] {
  const nodes: (SimulationNodeDatum & { key: string })[] = keys.map((key) => ({ key }));
  const pairs = new Map<string, { source: string; target: string }>();
  for (const { from, to } of ties) {
    const [source, target] = [from, to].sort();
    if (source !== undefined && target !== undefined && from !== to) pairs.set(JSON.stringify([source, target]), { source, target });
  }
  const links = [...pairs.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, pair]) => pair);
  forceSimulation(nodes)
    .force("link", forceLink<(typeof nodes)[number], (typeof links)[number]>(links).id(({ key }) => key).distance(box.width * 1.5))
    .force("apart", forceManyBody().strength(-600))
    .force("x", forceX(0).strength(0.06))
    .force("y", forceY(0).strength(0.09))
    .force("collide", forceCollide(box.width * 0.62))
    .stop()
    .tick(TICKS);
  return nodes.map(({ x = 0, y = 0 }) => ({ x, y }));
}

/** Stretches the points over the picture. */
function fill(points: Point[], width: number, height: number, box: Box): void {
  for (const [axis, length, size] of [["x", width, box.width], ["y", height, box.height]] as const) {
    const values = points.map((point) => point[axis]);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const room = length - size - 4;
    for (const point of points) {
      const share = most - least < 1 ? 0.5 : (point[axis] - least) / (most - least);
      point[axis] = size / 2 + 2 + share * room;
    }
  }
}

/** Pushes boxes that touch apart, along the shorter way. False: there was no rest. */
function moveApart(points: Point[], width: number, height: number, box: Box): boolean {
  const [wide, high] = [box.width + box.room, box.height + box.room];
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false;
    points.forEach((one, index) => {
      for (let after = index + 1; after < points.length; after++) {
        const other = points[after];
        if (!other) continue;
        const [dx, dy] = [other.x - one.x, other.y - one.y];
        const [tooNear, tooLow] = [wide - Math.abs(dx), high - Math.abs(dy)];
        if (tooNear <= 0.01 || tooLow <= 0.01) continue;
        moved = true;
        // at the same place the later one goes right or down
        if (tooNear / wide < tooLow / high) push(one, other, "x", (dx < 0 ? -1 : 1) * tooNear);
        else push(one, other, "y", (dy < 0 ? -1 : 1) * tooLow);
      }
    });
    for (const point of points) {
      point.x = Math.min(width - box.width / 2 - 1, Math.max(box.width / 2 + 1, point.x));
      point.y = Math.min(height - box.height / 2 - 1, Math.max(box.height / 2 + 1, point.y));
    }
    if (!moved) return true;
  }
  return false;
}

function push(one: Point, other: Point, axis: "x" | "y", by: number): void {
  one[axis] -= by / 2;
  other[axis] += by / 2;
}

/** Everybody onto the nearest free place of a grid, from the top: what always comes to an end. */
function ontoGrid(points: Point[], width: number, height: number, box: Box): void {
  const across = columns(width, box);
  const below = Math.max(Math.ceil(points.length / across), Math.floor(height / (box.height + box.room)));
  const free = Array.from({ length: across * below }, (_, index) => ({
    x: ((index % across) + 0.5) * (width / across),
    y: (Math.floor(index / across) + 0.5) * (height / below),
  }));
  for (const point of [...points].sort((one, other) => one.y - other.y || one.x - other.x)) {
    const far = (cell: Point) => (cell.x - point.x) ** 2 + (cell.y - point.y) ** 2;
    const nearest = free.reduce((best, cell, index) => (far(cell) < far(free[best] ?? cell) ? index : best), 0);
    Object.assign(point, free.splice(nearest, 1)[0]);
  }
}
