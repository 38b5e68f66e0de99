// How long a text may be, as the server counts it: characters of Unicode (code points), without the space around. Pure.

const PAIRS = /[\ud800-\udbff][\udc00-\udfff]/g;
/** From this share of the limit on the count is shown. */
const NEAR = 0.9;

export function lengthOf(text: string): number {
  const trimmed = text.trim();
  return trimmed.length - (trimmed.match(PAIRS)?.length ?? 0);
}

export interface Measure {
  length: number;
  limit: number;
  /** How many are too many; 0: none. */
  over: number;
  near: boolean;
}

export function measure(text: string, limit: number): Measure {
  // a pair counts once: what is this short need not be counted
  if (text.length < limit * NEAR) return { length: text.length, limit, over: 0, near: false };
  const length = lengthOf(text);
  return { length, limit, over: Math.max(0, length - limit), near: length >= limit * NEAR };
}

/** Of commands (domain/genesis/commands.py). */
export const LIMITS = { spark: 20_000, short: 200, words: 4_000 } as const;
