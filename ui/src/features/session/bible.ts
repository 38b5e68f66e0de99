// Takes the story bible along: asks for the file, and reads from the answer what it is called and what it lacks.
import { ask, client } from "@/shared/api/client";
import { type Missing, missingIn, nameIn } from "./bibleAnswer";

export const FORMATS = ["epub", "pdf", "docx", "markdown", "html"] as const;
export type Format = (typeof FORMATS)[number];

export interface BibleFile {
  file: Blob;
  name: string;
  missing: Missing[];
}

/** The bible as of a version. Throws Problem. */
export async function fetchBible(session_id: string, at_version: number, format: Format): Promise<BibleFile> {
  const asked = client.GET("/api/v1/genesis/{session_id}/bible", {
    params: { path: { session_id }, query: { format, at_version } },
    parseAs: "blob",
  });
  const file = await ask<Blob>(asked);
  const { headers } = (await asked).response;
  return {
    file,
    name: nameIn(headers.get("Content-Disposition")) ?? `${session_id}.${format}`,
    missing: missingIn(headers.get("Genesis-Missing-Glyphs")),
  };
}
