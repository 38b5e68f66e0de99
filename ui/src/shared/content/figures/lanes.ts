// Places things on a line so that none lies on another: in lanes above each other, or moved along the line.

export interface Range {
  from: number;
  to: number;
}

/** The lane of each range, from 0: the lowest in which it touches none before it. As few lanes as can be. */
export function lanes(ranges: readonly Range[], gap = 0): number[] {
  const ends: number[] = [];
  const found = new Array<number>(ranges.length).fill(0);
  const order = ranges.map((_, index) => index).sort((one, other) => fromOf(ranges, one) - fromOf(ranges, other) || one - other);
  for (const index of order) {
    const range = ranges[index];
    if (!range) continue;
    const free = ends.findIndex((end) => end + gap <= range.from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = range.to;
    found[index] = lane;
  }
  return found;
}

function fromOf(ranges: readonly Range[], index: number): number {
  return ranges[index]?.from ?? 0;
}

export function laneCount(of: readonly number[]): number {
  return of.reduce((most, lane) => Math.max(most, lane + 1), 0);
}

/**
 * Moves positions apart until neighbours are `size` from each other, in the order given, as little as can be (the pool
 * adjacent violators algorithm, https://en.wikipedia.org/wiki/Isotonic_regression). All stay within 0 and `length`, where
 * that is long enough for them.
 */
export function spread(wanted: readonly number[], size: number, length: number): number[] {
  const pools: { sum: number; count: number }[] = [];
  wanted.forEach((position, index) => {
    pools.push({ sum: position - index * size, count: 1 });
    for (let last = pools.at(-1), before = pools.at(-2); last && before && mean(before) > mean(last); ) {
      pools.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count });
      [last, before] = [pools.at(-1), pools.at(-2)];
    }
  });
  const most = Math.max(0, length - wanted.length * size);
  return pools
    .flatMap((pool) => new Array<number>(pool.count).fill(Math.min(most, Math.max(0, mean(pool)))))
    .map((position, index) => position + index * size);
}

function mean({ sum, count }: { sum: number; count: number }): number {
  return sum / count;
}
