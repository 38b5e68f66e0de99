// A book as a file for a shop: checked before it is downloaded, and its cover.
import { ask, client } from "@/shared/api/client";
import type { Preflight } from "@/shared/api/types";
import { fetchEdition, type MadeFile } from "@/shared/download/files";

export const SHOPS = ["any", "kdp_ebook", "kdp_paperback", "apple_books", "printer"] as const;
export const TEMPLATES = ["standard", "modern", "academic"] as const;
export const TRIMS = ["5x8", "5.5x8.5", "6x9", "a5", "b6"] as const;
export type Shop = (typeof SHOPS)[number];
export type Template = (typeof TEMPLATES)[number];
export type Trim = (typeof TRIMS)[number];

/** Shops that print: they take a PDF, whose page has a size. */
export const PRINTED: readonly Shop[] = ["kdp_paperback", "printer"];

export interface Choice {
  shop: Shop;
  template: Template;
  trim: Trim;
}

/** Throws Problem. */
export function checkBook(project_id: string, choice: Choice): Promise<Preflight> {
  const params = { path: { project_id }, query: { ...choice } };
  return ask<Preflight>(client.GET("/api/v1/projects/{project_id}/export/preflight", { params }));
}

/** The very file that was checked. Throws Problem. */
export function fetchChecked(project_id: string, { file }: Preflight): Promise<MadeFile> {
  return fetchEdition(project_id, file as Parameters<typeof fetchEdition>[1]);
}

/** `version`: of the project, so that another title asks again. */
export function coverAddress(projectId: string, template: Template, version: number): string {
  return `/api/v1/projects/${projectId}/cover?template=${template}&v=${version}`;
}
