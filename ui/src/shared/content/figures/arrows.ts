// The lines of a map of relations: each bends to the left of its direction, so that there and back are two lines.
import type { Layout, Point } from "./relationLayout";
import type { Tie } from "./relations";

export interface Arrow {
  tie: Tie;
  /** The line, and the head at its end, as SVG paths. */
  line: string;
  head: string;
  /** Where its number stands. */
  badge: Point;
}

const [BEND, HEAD, APART] = [0.15, 7, 19];
const WAYS = [0.4, 0.5, 0.3, 0.6, 0.22, 0.7, 0.8];

export function arrows(ties: readonly Tie[], layout: Layout): Arrow[] {
  const badges: Point[] = [];
  return ties.flatMap((tie) => {
    const [from, to] = [layout.points.get(tie.from), layout.points.get(tie.to)];
    if (!from || !to) return [];
    const arrow = tie.from === tie.to ? loop(tie, from, layout) : bent(tie, from, to, layout, badges);
    badges.push(arrow.badge);
    return [arrow];
  });
}

function bent(tie: Tie, from: Point, to: Point, layout: Layout, taken: readonly Point[]): Arrow {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const control = { x: (from.x + to.x) / 2 + dy * BEND, y: (from.y + to.y) / 2 - dx * BEND };
  const at = (t: number): Point => ({
    x: (1 - t) ** 2 * from.x + 2 * t * (1 - t) * control.x + t * t * to.x,
    y: (1 - t) ** 2 * from.y + 2 * t * (1 - t) * control.y + t * t * to.y,
  });
  const steps = Array.from({ length: 61 }, (_, index) => index / 60);
  const start = steps.find((t) => !isIn(at(t), from, layout, 2)) ?? 0;
  const end = steps.findLast((t) => !isIn(at(t), to, layout, 3)) ?? 1;
  const within = start < end ? steps.filter((t) => t >= start && t <= end) : [start, end];
  const [tip, before] = [at(end), at(Math.max(0, end - 0.06))];
  const places = WAYS.map((way) => at(start + way * (end - start)));
  const badge = places.find((place) => isFree(place, layout, taken)) ?? places[0] ?? tip;
  const line = within.map((t, index) => `${index ? "L" : "M"}${said(at(t))}`).join("");
  return { tie, line, head: head(tip, Math.atan2(tip.y - before.y, tip.x - before.x)), badge };
}

/** What somebody has with themselves goes out at the top and comes back. */
function loop(tie: Tie, from: Point, { box }: Layout): Arrow {
  const [x, y] = [from.x + box.width / 2 - 20, from.y - box.height / 2];
  return {
    tie,
    line: `M${said({ x: x - 8, y })}C${said({ x: x - 12, y: y - 16 })} ${said({ x: x + 12, y: y - 16 })} ${said({ x: x + 8, y: y - 2 })}`,
    head: head({ x: x + 8, y: y - 2 }, Math.PI / 2),
    badge: { x, y: y - 12 },
  };
}

function head(tip: Point, angle: number): string {
  const wing = (turn: number) => ({ x: tip.x - HEAD * Math.cos(angle + turn), y: tip.y - HEAD * Math.sin(angle + turn) });
  return `M${said(tip)}L${said(wing(0.45))}L${said(wing(-0.45))}Z`;
}

function isIn(point: Point, centre: Point, { box }: Layout, margin: number): boolean {
  return Math.abs(point.x - centre.x) < box.width / 2 + margin && Math.abs(point.y - centre.y) < box.height / 2 + margin;
}

function isFree(point: Point, layout: Layout, taken: readonly Point[]): boolean {
  if (taken.some((other) => Math.hypot(other.x - point.x, other.y - point.y) < APART)) return false;
  return ![...layout.points.values()].some((centre) => isIn(point, centre, layout, 8));
}

function said({ x, y }: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

/** Whom an arrow key leads to: of those that `here` has to do with, the one that lies most that way. */
export function towards(layout: Layout, here: string, others: ReadonlySet<string>, key: string): string | null {
  const from = layout.points.get(here);
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!from || !way) return null;
  const [wayX = 0, wayY = 0] = way;
  let best: { key: string; cost: number } | null = null;
  for (const other of [...others].sort()) {
    const to = layout.points.get(other);
    if (!to) continue;
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const ahead = dx * wayX + dy * wayY;
    const aside = Math.abs(dx * wayY) + Math.abs(dy * wayX);
    if (ahead <= 0 || aside > ahead * 2.5) continue;
    const cost = Math.hypot(dx, dy) + 2 * aside;
    if (best === null || cost < best.cost) best = { key: other, cost };
  }
  return best?.key ?? null;
}
