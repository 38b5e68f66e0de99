// From what the form holds to what the contract wants: empty lines out, empty items out, ids for what is new. Pure.
import { isBlankItem } from "@/shared/content/faults";
import type { Field, ItemsField } from "@/shared/content/shapes";
import { asItems, asLines, asObject, asText } from "@/shared/content/values";
import type { Content } from "@/shared/api/types";

export function tidy(fields: readonly Field[], content: unknown): Content {
  const values = asObject(content);
  const found: Content = {};
  for (const field of fields) {
    const value = tidied(field, values[field.key]);
    if (value !== undefined) found[field.key] = value;
  }
  return found;
}

function tidied(field: Field, value: unknown): unknown {
  switch (field.kind) {
    case "line":
    case "text":
      return asText(value).trim();
    case "lines":
    case "refs":
      return asLines(value)
        .map((line) => line.trim())
        .filter((line) => line !== "");
    case "ref":
      return asText(value) || null;
    case "choice":
      return asText(value) || undefined;
    case "number":
      return typeof value === "number" ? value : undefined;
    case "group":
      return tidy(field.fields, value);
    case "items":
      return tidyItems(field, asItems(value));
  }
}

function tidyItems(field: ItemsField, items: Record<string, unknown>[]): Content[] {
  const kept = items.filter((item) => !isBlankItem(item));
  const taken = new Set(kept.map((item) => asText(item[field.id ?? ""])));
  return kept.map((item, index) => {
    const tidyItem = tidy(field.fields, item);
    if (field.id === "n") return { ...tidyItem, n: index + 1 };
    if (!field.id) return tidyItem;
    return { ...tidyItem, [field.id]: asText(item[field.id]) || freshId(field.key, taken) };
  });
}

function freshId(list: string, taken: Set<string>): string {
  for (let number = taken.size + 1; ; number += 1) {
    const id = `${list}-${number}`;
    if (taken.has(id)) continue;
    taken.add(id);
    return id;
  }
}
