// Asks for documents as files, and reads from the answer what each is called and what it lacks.
import { ask, client } from "@/shared/api/client";
import type { paths } from "@/shared/api/schema";
import { type Missing, missingIn, nameIn } from "./answer";

export const FORMATS = ["epub", "pdf", "docx", "markdown", "html"] as const;
export type Format = (typeof FORMATS)[number];

export interface MadeFile {
  file: Blob;
  name: string;
  missing: Missing[];
}

/** The bible as of a version. Throws Problem. */
export function fetchBible(session_id: string, at_version: number, format: Format): Promise<MadeFile> {
  const params = { path: { session_id }, query: { format, at_version } };
  return made(client.GET("/api/v1/genesis/{session_id}/bible", { params, parseAs: "blob" }), `${session_id}.${format}`);
}

/** What is written of a book, or one chapter of it. Throws Problem. */
export function fetchBook(project_id: string, chapterId: string | null, format: Format): Promise<MadeFile> {
  const params = { path: { project_id }, query: { format, ...(chapterId !== null && { chapter: [chapterId] }) } };
  return made(client.GET("/api/v1/projects/{project_id}/export", { params, parseAs: "blob" }), `${project_id}.${format}`);
}

/** The whole book in an edition of its own. Throws Problem. */
export function fetchEdition(project_id: string, query: NonNullable<Edition>): Promise<MadeFile> {
  const params = { path: { project_id }, query };
  return made(client.GET("/api/v1/projects/{project_id}/export", { params, parseAs: "blob" }), `${project_id}.${query.format}`);
}

type Edition = paths["/api/v1/projects/{project_id}/export"]["get"]["parameters"]["query"];

async function made(asked: Parameters<typeof ask<Blob>>[0], unnamed: string): Promise<MadeFile> {
  const file = await ask<Blob>(asked);
  const { headers } = (await asked).response;
  return {
    file,
    name: nameIn(headers.get("Content-Disposition")) ?? unnamed,
    missing: missingIn(headers.get("Genesis-Missing-Glyphs")),
  };
}
