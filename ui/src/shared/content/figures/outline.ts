// Reads where an outline's parts stand on the length of the book, in percent. Drafts may be half written: a part without
// a place is kept, with null for its place.
import { asItems, asLines, asText } from "../values";
import { placeSaid } from "./mentions";

export interface Act {
  index: number;
  name: string;
  from: number;
  to: number;
}
export interface Beat {
  index: number;
  label: string;
  at: number | null;
}
export interface Chapter {
  index: number;
  n: string;
  title: string;
  words: number;
  from: number;
  to: number;
}
export interface Thread {
  index: number;
  setup: string;
  status: string;
  /** Where its text says that it is planted and paid. */
  from: number | null;
  to: number | null;
}
export interface Outline {
  acts: readonly Act[];
  beats: readonly Beat[];
  chapters: readonly Chapter[];
  threads: readonly Thread[];
}

export function readOutline(content: Record<string, unknown>): Outline {
  const beats = asItems(content["beats"]).flatMap((item, index) => {
    const [label, at] = [asText(item["label"]), percent(item["target_pct"])];
    return label || at !== null ? [{ index, label, at }] : [];
  });
  const chapters = placed(content["chapters"]);
  const threads = asItems(content["threads"]).flatMap((item, index) => {
    const [setup, payoff] = [asText(item["setup"]), asText(item["planned_payoff"])];
    if (!setup && !payoff) return [];
    const [from, to] = [placeSaid(setup, beats, chapters), placeSaid(payoff, beats, chapters)];
    return [{ index, setup: setup || payoff, status: asText(item["status"]), from, to }];
  });
  return { acts: acts(content["acts"]), beats, chapters, threads };
}

export function isEmptyOutline({ acts, beats, chapters }: Outline): boolean {
  return acts.length + beats.length + chapters.length === 0;
}

/** 0 to 100; null where nothing is said. Models also send "25" and "25%". */
export function percent(value: unknown): number | null {
  const said = typeof value === "string" ? parseFloat(value) : value;
  if (typeof said !== "number" || !Number.isFinite(said)) return null;
  return Math.min(100, Math.max(0, said));
}

function acts(value: unknown): Act[] {
  const items = asItems(value);
  return items.flatMap((item, index) => {
    const name = asText(item["name"]);
    const [start, end] = [percent(item["start_pct"]), percent(item["end_pct"])];
    if (!name && start === null && end === null) return [];
    // an act that does not say where it is takes its share of the whole
    const from = start ?? (100 * index) / items.length;
    const to = end ?? Math.max(from, (100 * (index + 1)) / items.length);
    return [{ index, name, from: Math.min(from, to), to: Math.max(from, to) }];
  });
}

/** Chapters one after the other, as wide as they are long; who does not say how long it is, is of middling length. */
function placed(value: unknown): Chapter[] {
  const found = asItems(value).flatMap((item, index) => {
    const [n, title] = [asText(item["n"]), asText(item["title"])];
    const started = n || title || asText(item["summary"]) || asLines(item["sections"]).length > 0;
    const words = Number(item["target_words"]);
    return started ? [{ index, n: n || String(index + 1), title, words: Number.isFinite(words) && words > 0 ? words : 0 }] : [];
  });
  const known = found.filter(({ words }) => words > 0);
  const middling = known.length > 0 ? known.reduce((sum, { words }) => sum + words, 0) / known.length : 1;
  const lengths = found.map(({ words }) => words || middling);
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  let before = 0;
  return found.map((chapter, place) => {
    const from = (100 * before) / whole;
    before += lengths[place] ?? 0;
    return { ...chapter, from, to: Math.min(100, (100 * before) / whole) };
  });
}
