// How arrow keys go through the parts of a plot line: along a row of like parts, and over to the nearest part of the next.
import type { Outline } from "./outline";

export type RowName = "acts" | "beats" | "chapters" | "threads";
export interface Spot {
  row: RowName;
  index: number;
}
interface Placed {
  index: number;
  at: number;
}
export type Rows = readonly { row: RowName; parts: readonly Placed[] }[];

/** The rows that have parts, each in the order of the book; what has no place comes last. */
export function rowsOf({ acts, beats, chapters, threads }: Outline): Rows {
  const sorted = (parts: Placed[]) => parts.sort((one, other) => one.at - other.at || one.index - other.index);
  const rows: { row: RowName; parts: Placed[] }[] = [
    { row: "acts", parts: sorted(acts.map(({ index, from }) => ({ index, at: from }))) },
    { row: "beats", parts: sorted(beats.map(({ index, at }) => ({ index, at: at ?? 101 }))) },
    { row: "chapters", parts: chapters.map(({ index, from, to }) => ({ index, at: (from + to) / 2 })) },
    { row: "threads", parts: sorted(threads.map(({ index, from, to }) => ({ index, at: from ?? to ?? 101 }))) },
  ];
  return rows.filter(({ parts }) => parts.length > 0);
}

export function hasSpot(rows: Rows, spot: Spot): boolean {
  return rows.some(({ row, parts }) => row === spot.row && parts.some(({ index }) => index === spot.index));
}

/** Where a key leads from `spot`; null: the key is none of these, or there is nothing that way. */
export function step(rows: Rows, spot: Spot, key: string, vertical: boolean): Spot | null {
  const place = rows.findIndex(({ row }) => row === spot.row);
  const row = rows[place];
  const here = row?.parts.findIndex(({ index }) => index === spot.index) ?? -1;
  const part = row?.parts[here];
  if (!row || !part) return null;
  const [back, on] = vertical ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
  const [before, after] = vertical ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  const along = key === back ? here - 1 : key === on ? here + 1 : key === "Home" ? 0 : key === "End" ? row.parts.length - 1 : null;
  if (along !== null) {
    const found = row.parts[along];
    return found ? { row: row.row, index: found.index } : null;
  }
  const other = key === before ? rows[place - 1] : key === after ? rows[place + 1] : undefined;
  if (!other) return null;
  const onLine = other.parts.filter(({ at }) => at <= 100); // what has no place is near to nothing
  const nearest = (onLine.length > 0 ? onLine : other.parts).reduce((best, one) => (Math.abs(one.at - part.at) < Math.abs(best.at - part.at) ? one : best));
  return { row: other.row, index: nearest.index };
}
