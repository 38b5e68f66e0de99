// Numbers as people read them. What is exact stays exact: money is cut from whole billionths, never computed.
export const FEW = 5;

/** Billionths of a dollar: 1500000000 -> "$1.50"; below a cent as many digits as there are. */
export function dollars(nano: number): string {
  const digits = String(nano).padStart(10, "0");
  const rest = digits.slice(-9).replace(/0+$/, "").padEnd(2, "0");
  return `$${digits.slice(0, -9).replace(/\B(?=(\d{3})+$)/g, ",")}.${rest}`;
}

const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;
const NAMES: Record<string, Record<string, string>> = {
  en: { d: "d", h: "h", min: "min", s: "s", ms: "ms" },
  zh: { d: "天", h: "小时", min: "分", s: "秒", ms: "毫秒" },
};

/** Microseconds in their two largest units, rounded down. */
export function duration(microseconds: number, language: string): string {
  const name = (unit: string) => NAMES[language.startsWith("zh") ? "zh" : "en"]?.[unit] ?? unit;
  const seconds = Math.floor(microseconds / 1_000_000);
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  if (first < 0) return `${Math.floor(microseconds / 1000)} ${name("ms")}`;
  let left = seconds;
  const parts: string[] = [];
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const whole = Math.floor(left / size);
    left -= whole * size;
    if (whole > 0) parts.push(`${whole} ${name(unit)}`);
  }
  return parts.join(" ");
}

// each is said exactly by `duration`, so that no two places of an axis read the same
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 250].map((ms) => ms / 1000),
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3_600),
].map((seconds) => Math.round(seconds * 1_000_000));
const DAY = 86_400_000_000;

/** Places of a time axis, in microseconds: from 0 in equal steps to `most` or just above it, five at most. */
export function durationTicks(most: number): number[] {
  let step = STEPS.find((one) => one * 4 >= most) ?? DAY;
  while (step * 4 < most) step *= 2;
  return Array.from({ length: Math.max(1, Math.ceil(most / step)) + 1 }, (_, at) => at * step);
}

/** A share as text. Of few cases the cases themselves: "2 of 3" says more than "67 %". null: there are none. */
export function share(part: number, of: number, locale: string): string | null {
  if (of === 0 || of < FEW) return null;
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(part / of);
}

export function isFew(n: number): boolean {
  return n > 0 && n < FEW;
}
