// Drafts as earlier builds kept them, under names without an owner: told as the drafts of today. Pure.
// A text lay under its plain name, what belonged to it under a second one; what a stopped model wrote, under one name
// for all stages.

export interface EarlierDraft {
  key: string;
  text: string;
  details: string;
}

export interface Earlier {
  drafts: EarlierDraft[];
  /** Values that are kept as they were, under another name. */
  moved: { to: string; value: string }[];
  /** Names that nobody reads any more. */
  gone: string[];
}

const SESSION = "genesis:[0-9a-f-]{36}";
const EDITS = new RegExp(`^${SESSION}:(edit:[0-9a-f-]{36}|[A-Z_]+:edit:own)$`);
const FEEDBACK = new RegExp(`^${SESSION}:feedback:[0-9a-f-]{36}$`);
const ALONE = new RegExp(`^${SESSION}:[A-Z_]+:(wishes|aside)$`);
const COUNT = new RegExp(`^${SESSION}:[A-Z_]+:count$`);
const UNFINISHED = new RegExp(`^${SESSION}:unfinished$`);
const NEW = "genesis:new:";
const FIELDS = ["door", "genre", "audience", "language", "mode"] as const;

/** What of `names` earlier builds wrote. */
export function earlier(names: readonly string[], get: (name: string) => string): Earlier {
  const found: Earlier = { drafts: [], moved: [], gone: [] };
  const keep = (key: string, text: string, details: string, ...gone: string[]) => {
    if (text !== "" || (details !== "" && key.startsWith(NEW))) found.drafts.push({ key, text, details });
    found.gone.push(...gone);
  };
  for (const name of names) {
    if (EDITS.test(name)) keep(name, get(name), begun(get(`${name}:seen`)), name, `${name}:seen`);
    else if (FEEDBACK.test(name)) keep(name, get(name), get(`${name}:about`), name, `${name}:about`);
    else if (ALONE.test(name)) keep(name, get(name), "", name);
    else if (UNFINISHED.test(name)) {
      const stage = stageOf(get(name));
      if (stage) found.moved.push({ to: name.replace(/unfinished$/, `${stage}:unfinished`), value: get(name) });
      found.gone.push(name);
    } else if (COUNT.test(name)) found.gone.push(name);
  }
  const spark = `${NEW}seed`;
  const old = [spark, ...FIELDS.map((field) => NEW + field)].filter((name) => names.includes(name));
  const fields = FIELDS.flatMap((field) => (get(NEW + field) ? [[field, get(NEW + field)]] : []));
  if (old.length > 0) keep(`${NEW}spark`, get(spark), fields.length > 0 ? JSON.stringify(Object.fromEntries(fields)) : "", ...old);
  return found;
}

function stageOf(unfinished: string): string | null {
  try {
    const { stage } = JSON.parse(unfinished) as { stage?: unknown };
    return typeof stage === "string" ? stage : null;
  } catch {
    return null;
  }
}

/** What lay beside the text of an edit is now a part of its details. */
function begun(seen: string): string {
  try {
    return JSON.stringify({ seen: JSON.parse(seen) as unknown, changed: true, savedAt: null });
  } catch {
    return "";
  }
}
