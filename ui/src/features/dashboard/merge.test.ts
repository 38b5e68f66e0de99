import { expect, test } from "vitest";
import type { SessionItem } from "@/shared/api/types";
import { withItem, withPage } from "./merge";

const item = (session_id: string, version: number): SessionItem => ({
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
  last_event_at: "",
  expires_at: "",
  novel_id: null,
});

test("a line that moved stays in its place, a new one comes first, an older one changes nothing", () => {
  const page = { items: [item("a", 1), item("b", 5)], next_cursor: null };
  expect(withItem(page, item("b", 6)).items.map((found) => found.version)).toEqual([1, 6]);
  expect(withItem(page, item("c", 1)).items[0]?.session_id).toBe("c");
  expect(withItem(page, item("b", 4))).toBe(page);
});

test("the next part follows what is shown", () => {
  expect(withPage({ items: [1], next_cursor: "x" }, { items: [2], next_cursor: null })).toEqual({ items: [1, 2], next_cursor: null });
});
