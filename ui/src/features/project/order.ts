// Which paragraphs were moved, when two orders of them are compared. Pure.

interface Ordered {
  id: string;
  locked?: boolean;
}

/** The fewest of `after` that have to move so that `before` is in the order of `after`; a locked one never has to. */
export function outOfOrder(before: readonly Ordered[], after: readonly Ordered[]): Set<string> {
  const places = new Map(before.map(({ id }, at) => [id, at]));
  const kept = after.flatMap(({ id }) => (places.has(id) ? [{ id, at: places.get(id)! }] : []));
  if (kept.every(({ at }, index) => index === 0 || kept[index - 1]!.at < at)) return new Set();
  const stay = new Set(longestRise(betweenLocked(before, kept)).map(({ id }) => id));
  return new Set(kept.filter(({ id }) => !stay.has(id)).map(({ id }) => id));
}

interface Placed {
  id: string;
  at: number;
}

/** Those that stand between the same locked ones as before. */
function betweenLocked(before: readonly Ordered[], kept: readonly Placed[]): Placed[] {
  const locked = (one: Placed) => before[one.at]?.locked === true;
  const above: number[] = [];
  let last = -1;
  for (const one of kept) {
    above.push(last);
    if (locked(one)) last = one.at;
  }
  const stay: Placed[] = [];
  let next = Infinity;
  for (let index = kept.length - 1; index >= 0; index--) {
    const one = kept[index]!;
    if (locked(one)) next = one.at;
    else if (one.at < above[index]! || one.at > next) continue;
    stay.push(one);
  }
  return stay.reverse();
}

/** The longest part of it that rises. https://en.wikipedia.org/wiki/Longest_increasing_subsequence */
function longestRise(places: readonly Placed[]): Placed[] {
  const ends: number[] = []; // of the runs of each length, the one whose last place is lowest
  const previous: number[] = [];
  places.forEach(({ at }, index) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[ends[middle]!]!.at < at) low = middle + 1;
      else high = middle;
    }
    previous.push(low > 0 ? ends[low - 1]! : -1);
    ends[low] = index;
  });
  const run: Placed[] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = previous[index]!) run.push(places[index]!);
  return run.reverse();
}
