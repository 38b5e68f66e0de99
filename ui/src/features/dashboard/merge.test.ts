import { expect, test } from "vitest";
import type { SessionItem } from "@/shared/api/types";
import { withItem, withPage } from "./merge";

const item = (session_id: string, version: number, changed = version): SessionItem => ({
  session_id,
  title: session_id,
  mode: "guided",
  status: "IN_PROGRESS",
  genre: "",
  language: "en",
  current_stage: "CHARACTERS",
  confirmed_stages: 0,
  is_pending: false,
  version,
  started_at: "",
  last_event_at: new Date(changed * 1000).toISOString(),
  expires_at: "",
  novel_id: null,
  source_session_id: null,
  source_version: null,
  source_title: null,
  archived: false,
});

test("the last changed comes first, and an older version changes nothing", () => {
  const page = { items: [item("a", 9), item("b", 5)], next_cursor: null };
  const ids = (found: SessionItem) => withItem(page, found).items.map(({ session_id }) => session_id);
  expect(ids(item("b", 10))).toEqual(["b", "a"]);
  expect(ids(item("c", 1, 11))).toEqual(["c", "a", "b"]);
  expect(ids(item("b", 6))).toEqual(["a", "b"]);
  expect(withItem(page, item("b", 4))).toBe(page);
});

test("the next part follows what is shown", () => {
  expect(withPage({ items: [1], next_cursor: "x" }, { items: [2], next_cursor: null })).toEqual({ items: [1, 2], next_cursor: null });
});
