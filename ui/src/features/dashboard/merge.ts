// How a list takes in a line that moved, and the part that follows it. Pure.
import type { SessionItem, SessionPage } from "@/shared/api/types";

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export function withPage<T>(before: Page<T>, next: Page<T>): Page<T> {
  return { items: [...before.items, ...next.items], next_cursor: next.next_cursor };
}

/** A line that changed stays where it is, a new one comes first. An older version changes nothing. */
export function withItem(page: SessionPage, item: SessionItem): SessionPage {
  const known = page.items.find((other) => other.session_id === item.session_id);
  if (!known) return { ...page, items: [item, ...page.items] };
  if (known.version > item.version) return page;
  return { ...page, items: page.items.map((other) => (other.session_id === item.session_id ? item : other)) };
}
