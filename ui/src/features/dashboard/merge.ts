// How a list takes in a line that moved, and the part that follows it. Pure.
import type { SessionItem, SessionPage } from "@/shared/api/types";

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export function withPage<T>(before: Page<T>, next: Page<T>): Page<T> {
  return { items: [...before.items, ...next.items], next_cursor: next.next_cursor };
}

/** The last changed stands first, as the server orders them. An older version changes nothing. */
export function withItem(page: SessionPage, item: SessionItem): SessionPage {
  const known = page.items.find((other) => other.session_id === item.session_id);
  if (known && known.version > item.version) return page;
  const others = page.items.filter((other) => other.session_id !== item.session_id);
  const items = [item, ...others].sort((one, other) => Date.parse(other.last_event_at) - Date.parse(one.last_event_at));
  return { ...page, items };
}
