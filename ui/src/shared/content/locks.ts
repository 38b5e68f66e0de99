// Locks: the paths that no later generation may change.

export function isInside(path: string, whole: string): boolean {
  return path === whole || path.startsWith(`${whole}/`);
}

/** Locked itself, or as a part of something locked. */
export function isLocked(locked: readonly string[], path: string): boolean {
  return locked.some((whole) => isInside(path, whole));
}

/** A lock that comes from above can only be taken off there. */
export function lockAbove(locked: readonly string[], path: string): string | null {
  return locked.find((whole) => whole !== path && isInside(path, whole)) ?? null;
}

/** The locks after `path` was switched. Locking a whole makes the locks on its parts needless. */
export function toggleLock(locked: readonly string[], path: string): string[] {
  if (locked.includes(path)) return locked.filter((other) => other !== path);
  if (isLocked(locked, path)) return [...locked];
  return [...locked.filter((other) => !isInside(other, path)), path];
}
