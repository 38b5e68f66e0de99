// A stage's content as a document to read, drawn from its shape. What is empty is not shown; half-written drafts are welcome.
import { memo, useContext } from "react";
import { fieldLabel, wordLabel } from "@/shared/i18n/labels";
import { useI18n } from "@/shared/i18n/i18n";
import { FieldHead } from "./FieldHead";
import { NamesContext } from "./fieldTools";
import { ItemsView } from "./ItemsView";
import { OriginText } from "./OriginText";
import { pointer } from "./pointer";
import type { Field } from "./shapes";
import { asLines, asObject, asText, isEmpty } from "./values";
import classes from "./DocumentView.module.css";

interface FieldsProps {
  fields: readonly Field[];
  content: unknown;
  /** JSON pointer of `content`. */
  path?: string;
  depth?: number;
  skip?: readonly string[] | undefined;
  /** Keys of the fields that are read at once; the rest is folded away. */
  lead?: readonly string[] | undefined;
}

/** A whole content. Drawn anew only when it changed: it may be long, and much else on the page moves. */
export const DocumentView = memo(FieldsView);

export function FieldsView({ lead, skip = [], ...rest }: FieldsProps) {
  const { t } = useI18n();
  const values = asObject(rest.content);
  const fields = rest.fields.filter((field) => !skip.includes(field.key) && !isEmpty(values[field.key]) && !isUnsaid(field, values[field.key]));
  const folded = lead ? fields.filter((field) => !lead.includes(field.key)) : [];
  if (folded.length < 2) return <FieldGrid {...rest} fields={fields} />;
  return (
    <>
      <FieldGrid {...rest} fields={fields.filter((field) => lead?.includes(field.key))} />
      <details className={classes["more"]}>
        <summary>{t("proposal.more")}</summary>
        <FieldGrid {...rest} fields={folded} />
      </details>
    </>
  );
}

/** A length of 0 is none: nobody has said how long it is to be. */
function isUnsaid(field: Field, value: unknown): boolean {
  return field.key === "target_words" && value === 0;
}

function FieldGrid({ fields, content, path = "", depth = 0 }: FieldsProps) {
  const values = asObject(content);
  return (
    <div className={classes["fields"]} data-depth={depth}>
      {fields.map((field) => (
        <FieldView key={field.key} field={field} value={values[field.key]} path={path + pointer(field.key)} depth={depth} />
      ))}
    </div>
  );
}

interface FieldProps {
  field: Field;
  value: unknown;
  path: string;
  depth: number;
}

function FieldView({ field, value, path, depth }: FieldProps) {
  const { language } = useI18n();
  const label = fieldLabel(field.key, language);
  const heading = depth === 0 ? "h3" : depth === 1 ? "h4" : "h5";
  if (field.kind === "items") {
    return (
      <section className={classes["section"]}>
        <FieldHead label={label} path={path} as={heading} />
        <ItemsView field={field} value={value} path={path} depth={depth} />
      </section>
    );
  }
  if (field.kind === "group") {
    return (
      <section className={classes["section"]}>
        <FieldHead label={label} path={path} as={heading} />
        <div className={classes["group"]}>
          <FieldsView fields={field.fields} content={value} path={path} depth={depth + 1} />
        </div>
      </section>
    );
  }
  const short = field.kind === "lines" || field.kind === "refs" ? !isLong(asLines(value)) : field.kind !== "text";
  return (
    <div className={classes["field"]} data-short={short || undefined}>
      <FieldHead label={label} path={path} />
      <ValueView field={field} value={value} path={path} />
    </div>
  );
}

function ValueView({ field, value, path }: Omit<FieldProps, "depth">) {
  const { language } = useI18n();
  const names = useContext(NamesContext);
  switch (field.kind) {
    case "lines":
      return <LinesView value={value} path={path} />;
    case "refs":
      return <LinesView value={value} path={path} named={(id) => names.get(id) ?? id} />;
    case "ref":
      return <Prose path={path} text={names.get(asText(value)) ?? asText(value)} />;
    case "choice":
      return <Prose path={path} text={wordLabel(asText(value), language)} />;
    case "number":
      return <Prose path={path} text={new Intl.NumberFormat(language).format(Number(value))} />;
    default:
      return <Prose path={path} text={asText(value)} />;
  }
}

function Prose(of: { path: string; text: string }) {
  return (
    <p className={classes["prose"]} dir="auto">
      <OriginText {...of} />
    </p>
  );
}

const LONG = 34;

function isLong(lines: string[]): boolean {
  return lines.some((line) => line.length > LONG);
}

interface LinesProps {
  value: unknown;
  path: string;
  named?: (line: string) => string;
}

function LinesView({ value, path, named = (line) => line }: LinesProps) {
  const lines = Array.isArray(value) ? value.map((line) => named(asText(line))) : [];
  return (
    <ul className={isLong(lines) ? classes["list"] : classes["chips"]}>
      {lines.map((line, index) =>
        line === "" ? null : (
          <li key={index} dir="auto">
            <OriginText path={path + pointer(index)} text={line} />
          </li>
        ),
      )}
    </ul>
  );
}
