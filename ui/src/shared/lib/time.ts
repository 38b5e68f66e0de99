// Times as people say them.
import { useEffect, useState } from "react";

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function ago(iso: string, language: string, now = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  if (Math.abs(seconds) > 30 * 86_400) return new Date(iso).toLocaleDateString(language, { dateStyle: "medium" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return language.startsWith("zh") ? "刚刚" : "just now";
}

export function clock(iso: string, language: string): string {
  return formatOf(language, "clock").format(new Date(iso));
}

export function moment(iso: string, language: string): string {
  return formatOf(language, "moment").format(new Date(iso));
}

const OPTIONS = {
  clock: { hour: "2-digit", minute: "2-digit" },
  moment: { dateStyle: "medium", timeStyle: "short" },
} as const;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes far longer than using it, and a history has hundreds of times. */
function formatOf(language: string, kind: keyof typeof OPTIONS): Intl.DateTimeFormat {
  const key = `${kind} ${language}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(language, OPTIONS[kind]);
  formats.set(key, format);
  return format;
}

/** 75 -> "1:15" */
export function elapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The time now, in milliseconds, again and again. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** Whole seconds until a moment, counted down; 0 once it is past. */
export function useSecondsUntil(moment: number): number {
  const [, tick] = useState(0);
  const left = secondsUntil(moment, Date.now());
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => tick((count) => count + 1), 1000);
    return () => clearTimeout(timer);
  });
  return left;
}

export function secondsUntil(moment: number, now: number): number {
  return Math.max(0, Math.ceil((moment - now) / 1000));
}
