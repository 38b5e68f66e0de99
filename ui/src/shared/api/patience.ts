// How long the page goes on asking by itself when nobody answers. Pure.
import type { Problem } from "./problem";

const FIRST = [400, 800, 1600, 3200];
const LATER = 4000;
/** How often after the first few: about two minutes, which outlasts a restart of the studio. */
const LATER_TIMES = 30;

/** Milliseconds until attempt `attempt` + 1; null: say that it did not work. */
export function pauseAfter(problem: Problem, attempt: number): number | null {
  if (!problem.unanswered) return null;
  const first = FIRST[attempt];
  if (first !== undefined) return first;
  // a fault of the server itself will not go away by asking; a server that is away will come back
  const away = problem.status === 0 || problem.status === 502 || problem.status === 503 || problem.status === 504;
  return away && attempt < FIRST.length + LATER_TIMES ? LATER : null;
}
