// The range that is looked at: days in the reader's own zone. The last day is in it, so the interface gets the day after.
import type { Asked } from "./data";

export type Preset = "all" | "7" | "30" | "90" | "own";

export interface Chosen {
  preset: Preset;
  /** Days as 2026-03-01, for the preset "own"; empty: no limit. */
  first: string;
  last: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** From the address: ?range=30, or ?range=own&first=…&last=…. What is none of these is all of it. */
export function chosenIn(search: URLSearchParams): Chosen {
  const preset = search.get("range") ?? "all";
  const day = (name: string) => {
    const said = search.get(name) ?? "";
    return DAY.test(said) ? said : "";
  };
  const known = (["all", "7", "30", "90", "own"] as const).find((one) => one === preset);
  return { preset: known ?? "all", first: day("first"), last: day("last") };
}

/** As the interface takes it, `to` being the first moment that is not counted. */
export function asked({ preset, first, last }: Chosen, scope: Asked["scope"], zone: string, today: string): Asked {
  if (preset === "all") return { scope };
  if (preset !== "own") return { scope, zone, from: plusDays(today, 1 - Number(preset)) };
  return { scope, zone, ...(first ? { from: first } : {}), ...(last ? { to: plusDays(last, 1) } : {}) };
}

export function plusDays(day: string, days: number): string {
  const moment = new Date(`${day}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + days);
  return moment.toISOString().slice(0, 10);
}

/** Today's date where the reader is. */
export function today(now = new Date()): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
