// Which open chapters are edited for their style alone just now; it lasts as long as the page is open.
const chosen = new Set<string>();

export function isStyleOnly(chapterId: string): boolean {
  return chosen.has(chapterId);
}

export function setStyleOnly(chapterId: string, on: boolean): void {
  if (on) chosen.add(chapterId);
  else chosen.delete(chapterId);
}
