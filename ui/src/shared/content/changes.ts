// What changed between two versions of a content: which fields, and within them which words.
import { diffChars, diffWords } from "diff";
import { itemIdentity } from "./pointer";
import type { Field, ItemsField } from "./shapes";
import { asItems, asLines, asObject, asText } from "./values";

export interface Change {
  /** Keys of labels and names of items, from the outside in. */
  where: { label?: string; name?: string }[];
  before: string;
  after: string;
}

export interface Piece {
  text: string;
  kind: "same" | "added" | "removed";
}

export function changes(fields: readonly Field[], before: unknown, after: unknown): Change[] {
  const old = asObject(before);
  const now = asObject(after);
  return fields.flatMap((field) => fieldChanges(field, old[field.key], now[field.key]));
}

function fieldChanges(field: Field, before: unknown, after: unknown): Change[] {
  const here = { label: field.key };
  if (field.kind === "group") return within(here, changes(field.fields, before, after));
  if (field.kind === "items") return itemChanges(field, before, after);
  const [old, now] = field.kind === "lines" || field.kind === "refs" ? [joined(before), joined(after)] : [asText(before), asText(after)];
  return old === now ? [] : [{ where: [here], before: old, after: now }];
}

function itemChanges(field: ItemsField, before: unknown, after: unknown): Change[] {
  const old = new Map(asItems(before).map((item, index) => [itemIdentity(field, item, index), item]));
  const now = new Map(asItems(after).map((item, index) => [itemIdentity(field, item, index), item]));
  const found: Change[] = [];
  for (const [id, item] of now) {
    const name = asText(item[field.title]) || id;
    found.push(...within({ label: field.key, name }, changes(field.fields, old.get(id), item)));
  }
  for (const [id, item] of old) {
    if (now.has(id)) continue;
    const name = asText(item[field.title]) || id;
    found.push({ where: [{ label: field.key, name }], before: name, after: "" });
  }
  return found;
}

function within(outer: Change["where"][number], inner: Change[]): Change[] {
  return inner.map((change) => ({ ...change, where: [outer, ...change.where] }));
}

function joined(value: unknown): string {
  return asLines(value).join(" · ");
}

/** Below this share of common letters a text is a new one, and a patchwork of scraps would only hide both. */
const LITTLE = 0.4;

/** Whether `after` is `before` mended, so that marking words helps; else both are read better one after the other. */
export function isMended(before: string, after: string, found: readonly Piece[]): boolean {
  const letters = (text: string) => text.replace(/[\s\p{P}]/gu, "").length;
  const same = found.filter(({ kind }) => kind === "same").reduce((sum, { text }) => sum + letters(text), 0);
  return same >= LITTLE * Math.max(letters(before), letters(after), 1);
}

const LONGEST_BY_WORD = 6_000;

/** The words that went and came, in reading order. Text without spaces (Chinese) is compared by characters. */
export function wordDiff(before: string, after: string): Piece[] {
  if (before.length + after.length > 2 * LONGEST_BY_WORD) {
    return pieces([
      { value: before, removed: true, added: false },
      { value: after, removed: false, added: true },
    ]);
  }
  const cjk = /[\u3040-\u30ff\u3400-\u9fff]/.test(before + after);
  return pieces(cjk ? diffChars(before, after) : diffWords(before, after));
}

function pieces(parts: { value: string; added: boolean; removed: boolean }[]): Piece[] {
  return parts
    .filter((part) => part.value !== "")
    .map((part) => ({ text: part.value, kind: part.added ? "added" : part.removed ? "removed" : "same" }));
}
