// Reads the headers of an answer that is a file: its name, and what it could not show. Pure.

/** Characters that a PDF shows as a replacement, and the titles under which they stand; "": the title page. */
export interface Missing {
  characters: string;
  places: string[];
}

/** The name in UTF-8 (RFC 5987); null: there is none. */
export function nameIn(header: string | null): string | null {
  const found = /filename\*=UTF-8''([^;]+)/i.exec(header ?? "");
  if (!found?.[1]) return null;
  try {
    return decodeURIComponent(found[1]);
  } catch {
    return null;
  }
}

export function missingIn(header: string | null): Missing[] {
  if (header === null) return [];
  try {
    return JSON.parse(header) as Missing[];
  } catch {
    return [];
  }
}
