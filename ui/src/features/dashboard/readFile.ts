// Has the server read a file that holds a book. Nothing is stored there.
import { ask, client } from "@/shared/api/client";
import type { ImportPreview } from "@/shared/api/types";

/** Throws Problem, and when `signal` is aborted. */
export function readFile(file: File, signal: AbortSignal): Promise<ImportPreview> {
  return ask<ImportPreview>(
    client.POST("/api/v1/projects/import", {
      params: { query: { name: file.name.slice(-300) } },
      // the file itself, as it is: the type of a binary body is a string
      body: file as unknown as string,
      bodySerializer: (body: unknown) => body as Blob,
      headers: { "Content-Type": "application/octet-stream" },
      signal,
    }),
  );
}
