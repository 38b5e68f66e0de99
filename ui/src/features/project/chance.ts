// Numbers by chance, the same for the same seed: for tests that say which one failed. https://en.wikipedia.org/wiki/Xorshift
export type Chance = (below: number) => number;

export function chance(seed: number): Chance {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}
