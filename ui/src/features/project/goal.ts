// Words of a day: how many were written since its first look at each chapter. Pure.

export interface Day {
  /** As in the writer's own calendar, 2026-03-01. */
  day: string;
  /** Words of each chapter when it was first seen that day, and now. */
  chapters: Record<string, [number, number]>;
}

export function calendarDay(now: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** The day with what this chapter has now. Yesterday's is forgotten: it is a goal of a day, not a record to keep up. */
export function counted(before: Day | null, day: string, chapterId: string, words: number): Day {
  const chapters = before?.day === day ? before.chapters : {};
  return { day, chapters: { ...chapters, [chapterId]: [chapters[chapterId]?.[0] ?? words, words] } };
}

/** Cutting is work as well: what was taken out of one chapter does not count against another. */
export function written(day: Day): number {
  return Object.values(day.chapters).reduce((sum, [first, now]) => sum + Math.max(0, now - first), 0);
}
