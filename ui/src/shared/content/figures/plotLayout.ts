// Where the parts of a plot line are drawn: across a wide page, or down a narrow one. Pure.
import { laneCount, lanes, spread } from "./lanes";
import type { Outline } from "./outline";

/** In percent of the width, so that nothing comes to lie on anything when a page is printed narrower. */
export interface Box {
  index: number;
  left: number;
  width: number;
  lane: number;
}
export interface Flag extends Box {
  /** Where its beat is. */
  at: number;
}
/** The box is as wide as its label needs; the thread itself runs from `start` to `end`. */
export interface Strand extends Box {
  start: number;
  end: number;
}
export interface Across {
  acts: Box[];
  actLanes: number;
  flags: Flag[];
  flagLanes: number;
  threads: Strand[];
  threadLanes: number;
}

const [LEAST_LABEL, MOST_LABEL, LETTER, BESIDE] = [78, 176, 7.4, 58];
const [LEAST_WIDTH, MOST_LANES] = [560, 7];
const LEAST_THREAD = 56;

/** What `text` takes on a line, in pixels, about: Chinese and emoji are twice as wide. */
export function textWidth(text: string): number {
  let letters = 0;
  for (const sign of text) letters += sign >= "\u2e80" ? 2 : 1;
  return letters * LETTER;
}

/** Across `width` pixels; null: too narrow for it, or too much to stand there. */
export function across(outline: Outline, width: number): Across | null {
  if (width < LEAST_WIDTH) return null;
  const share = (pixels: number) => (100 * pixels) / width;
  const flags = outline.beats.flatMap(({ index, label, at }) => {
    if (at === null) return [];
    const wide = share(Math.min(MOST_LABEL, Math.max(LEAST_LABEL, textWidth(label) + BESIDE)));
    return [{ index, at, width: wide, left: Math.min(at, 100 - wide), lane: 0 }];
  });
  const acts = outline.acts.map(({ index, from, to }) => ({ index, left: from, width: to - from, lane: 0 }));
  const threads = outline.threads.flatMap(({ index, from, to }) => {
    if (from === null && to === null) return [];
    const [start, end] = [Math.min(from ?? to ?? 0, to ?? from ?? 0), Math.max(from ?? to ?? 0, to ?? from ?? 0)];
    const wide = Math.max(end - start, share(LEAST_THREAD));
    return [{ index, start, end, left: Math.min(start, 100 - wide), width: wide, lane: 0 }];
  });
  const found = {
    acts,
    actLanes: inLanes(acts, 0),
    flags,
    flagLanes: inLanes(flags, share(6)),
    threads,
    threadLanes: inLanes(threads, share(6)),
  };
  return found.flagLanes > MOST_LANES ? null : found;
}

function inLanes(boxes: Box[], gap: number): number {
  // a hair of rounding is no touch
  const found = lanes(
    boxes.map(({ left, width }) => ({ from: left, to: left + width - 1e-6 })),
    gap,
  );
  boxes.forEach((box, place) => (box.lane = found[place] ?? 0));
  return laneCount(found);
}

/** A row beside the line: an act where it begins, or a beat. Pixels from the top. */
export interface Row {
  kind: "acts" | "beats";
  index: number;
  /** Where it is on the line. */
  at: number;
  /** Where its label begins. */
  top: number;
}
export interface Down {
  height: number;
  rows: Row[];
  /** Threads that are drawn beside the line, in lanes; the others are in the list only. */
  threads: { index: number; from: number; to: number; lane: number }[];
  threadLanes: number;
}

export const ROW = 32;
const [LEAST_HEIGHT, CHAPTER, MOST_CHAPTERS, MOST_THREAD_LANES] = [220, 20, 90, 4];

/** Down the page: as long as its labels need to stand one below the other. */
export function down(outline: Outline): Down {
  const rows = [
    ...outline.acts.map(({ index, from }) => ({ kind: "acts" as const, index, at: from })),
    ...outline.beats.flatMap(({ index, at }) => (at === null ? [] : [{ kind: "beats" as const, index, at }])),
  ].sort((one, other) => one.at - other.at || one.kind.localeCompare(other.kind) || one.index - other.index);
  const least = rows.length > 0 ? LEAST_HEIGHT : 0;
  const height = Math.max(least, rows.length * ROW, Math.min(outline.chapters.length, MOST_CHAPTERS) * CHAPTER);
  const place = (at: number) => (at / 100) * height;
  const tops = spread(rows.map(({ at }) => place(at) - ROW / 2), ROW, height);
  const ranges = outline.threads.flatMap(({ index, from, to }) => {
    if (from === null || to === null) return [];
    return [{ index, from: place(Math.min(from, to)), to: place(Math.max(from, to)) }];
  });
  const found = lanes(ranges, 4);
  const threads = ranges.map((range, at) => ({ ...range, lane: found[at] ?? 0 })).filter(({ lane }) => lane < MOST_THREAD_LANES);
  return {
    height,
    rows: rows.map((row, index) => ({ ...row, at: place(row.at), top: tops[index] ?? 0 })),
    threads,
    threadLanes: laneCount(threads.map(({ lane }) => lane)),
  };
}
