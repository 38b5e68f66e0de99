// What is wrong with a content before it is sent, and where: the fields that are needed and empty. And what the server
// found wrong, at the same places. Pure.
import { measure, type Measure } from "@/shared/lib/limit";
import type { Field, ItemsField } from "./shapes";
import { asItems, asObject, asText, isEmpty } from "./values";

export interface Fault {
  /** Keys and places from the outside in, with dots between: "characters.0.name", as the server names fields. */
  path: string;
  /** What the server said of it; none, and not too long: it is needed and empty. */
  said?: string;
  /** So many characters are too many. */
  tooLong?: Measure & { line?: number };
}

/** Characters of a field of content, and of each line where there are several (domain/genesis/content.py). */
export const LONGEST = { line: 400, lines: 400, text: 8_000 } as const;

/** An item that a writer would call empty: it is left out when the content is sent. */
export function isBlankItem(item: Record<string, unknown>): boolean {
  return isEmpty({ ...item, id: "", key: "", n: null });
}

export function missing(fields: readonly Field[], content: unknown, above = ""): Fault[] {
  const values = asObject(content);
  return fields.flatMap((field) => {
    const path = above + field.key;
    const value = values[field.key];
    if (field.kind === "group") return missing(field.fields, value, `${path}.`);
    if (field.kind === "items") return missingInItems(field, asItems(value), path);
    return field.required && isBlank(value) ? [{ path }] : [];
  });
}

function missingInItems(field: ItemsField, items: Record<string, unknown>[], path: string): Fault[] {
  if (field.required && items.every(isBlankItem)) return [{ path }];
  return items.flatMap((item, index) => (isBlankItem(item) ? [] : missing(field.fields, item, `${path}.${index}.`)));
}

/** What is longer than the server takes. */
export function tooLong(fields: readonly Field[], content: unknown, above = ""): Fault[] {
  const values = asObject(content);
  return fields.flatMap((field): Fault[] => {
    const path = above + field.key;
    const value = values[field.key];
    if (field.kind === "group") return tooLong(field.fields, value, `${path}.`);
    if (field.kind === "items") return asItems(value).flatMap((item, index) => tooLong(field.fields, item, `${path}.${index}.`));
    if (field.kind === "lines") {
      const lines = Array.isArray(value) ? value.map((line) => measure(asText(line), LONGEST.lines)) : [];
      const line = lines.findIndex(({ over }) => over > 0);
      const found = lines[line];
      return found ? [{ path, tooLong: { ...found, line: line + 1 } }] : [];
    }
    if (field.kind !== "line" && field.kind !== "text") return [];
    const found = measure(asText(value), LONGEST[field.kind]);
    return found.over > 0 ? [{ path, tooLong: found }] : [];
  });
}

function isBlank(value: unknown): boolean {
  return typeof value === "string" ? value.trim() === "" : isEmpty(value);
}

/** From a problem's fields: those that lie in the content, by the content's own paths. */
export function saidOfContent(fields: readonly { field: string; message: string }[]): Fault[] {
  return fields
    .filter(({ field }) => field.startsWith("payload.content."))
    .map(({ field, message }) => ({ path: field.slice("payload.content.".length), said: message }));
}

export interface Step {
  key: string;
  /** The place in a list, from 1, and how the item there is called, if it has a name. */
  item?: { place: number; name: string };
}

/** A path as steps that can be shown: keys for labels, and items by their names. */
export function steps(fields: readonly Field[], content: unknown, path: string): Step[] {
  const [head = "", ...rest] = path.split(".");
  const field = fields.find((one) => one.key === head);
  const value = asObject(content)[head];
  if (field?.kind === "group" && rest.length > 0) return [{ key: head }, ...steps(field.fields, value, rest.join("."))];
  if (field?.kind === "items" && rest.length > 0) {
    const place = Number(rest[0]);
    const item = asItems(value)[place];
    const here: Step = { key: head, item: { place: place + 1, name: asText(item?.[field.title]) } };
    return rest.length > 1 ? [here, ...steps(field.fields, item, rest.slice(1).join("."))] : [here];
  }
  return [{ key: head }];
}

/** What stands at a path with dots; undefined when nothing does. */
export function valueOf(content: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((node, part) => {
    if (Array.isArray(node)) return (node as unknown[])[Number(part)];
    return asObject(node)[part];
  }, content);
}
