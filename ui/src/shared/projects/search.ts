// Words in a whole book, as the server finds them.
import { ask, client } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";

export type BookSearch = components["schemas"]["BookSearch"];

export function searchBook(id: string, wanted: { words: string; case: boolean; whole: boolean }): Promise<BookSearch> {
  const query = { q: wanted.words, case: wanted.case, whole: wanted.whole };
  return ask<BookSearch>(client.GET("/api/v1/projects/{project_id}/search", { params: { path: { project_id: id }, query } }));
}
