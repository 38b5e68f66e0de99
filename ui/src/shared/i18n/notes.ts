// What the server noted about a round or a text, in the page's language: by its code, else as the sentence that was recorded.
import catalog from "./notes.json";

export type Language = "en" | "zh";

export interface NoteCode {
  code: string;
  values?: Record<string, unknown>;
}

const CATALOG: Record<string, Record<Language, string>> = catalog;
const BETWEEN = { en: ", ", zh: "、" };

/** `place`: what a JSON pointer among the values is called. */
export function noteText(sentence: string, code: NoteCode | undefined, language: Language, place?: (pointer: string) => string): string {
  return (code && said(code, language, place)) ?? sentence;
}

/** Null: the code is none, or a newer server's. */
function said(note: NoteCode, language: Language, place?: (pointer: string) => string): string | null {
  const text = CATALOG[note.code]?.[language];
  if (text === undefined) return null;
  const values = note.values ?? {};
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (name === "path" && typeof value === "string" && place) return place(value);
    return value === undefined ? whole : shown(value, language);
  });
}

function shown(value: unknown, language: Language): string {
  if (Array.isArray(value)) return value.map((one) => shown(one, language)).join(BETWEEN[language]);
  const [code] = notesIn([value]);
  return (code && said(code, language)) ?? String(value);
}

/** The codes in what an entry of the history bears, which may be anything. */
export function notesIn(value: unknown): NoteCode[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one): one is NoteCode => typeof one === "object" && one !== null && typeof (one as NoteCode).code === "string");
}
