// One step of the ideas for a book, as a list of what it has: whole, or as far as it has come.
import { useI18n } from "@/shared/i18n/i18n";
import classes from "./Ideas.module.css";

export type StepName = "landscape" | "thesis" | "concepts";

/** An item as it is written: only texts, and lists of texts, are shown. */
export type Item = Record<string, unknown>;

const THESIS = ["statement", "theme", "question", "conflict", "stakes", "claim", "support", "refute"] as const;
type ThesisField = (typeof THESIS)[number];

export function StepView({ name, items, language }: { name: StepName; items: readonly Item[]; language: string }) {
  return (
    <ul className={classes["items"]} lang={language} dir="auto">
      {items.map((item, index) => (
        <li key={index}>{name === "thesis" ? <Fields item={item} /> : <Topic item={item} />}</li>
      ))}
    </ul>
  );
}

function Topic({ item }: { item: Item }) {
  const angles = Array.isArray(item["angles"]) ? item["angles"].map(text).filter(Boolean) : [];
  return (
    <>
      <h3>{text(item["name"]) || text(item["title"])}</h3>
      <p>{text(item["about"]) || text(item["logline"])}</p>
      {angles.length > 0 && (
        <ul>
          {angles.map((angle, index) => (
            <li key={index}>{angle}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Fields({ item }: { item: Item }) {
  const { t } = useI18n();
  // a draft of a story's thesis names its field beside the text
  const named = THESIS.find((field) => field === item["name"]);
  const said: [ThesisField, string][] = named
    ? [[named, text(item["text"])]]
    : THESIS.map((field): [ThesisField, string] => [field, text(item[field])]).filter(([, value]) => value !== "");
  return (
    <dl>
      {said.map(([field, value]) => (
        <div key={field}>
          <dt>{t(`ideas.${field}`)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
