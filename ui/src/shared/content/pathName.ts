// What a place in a content is called: labels of its keys, and the names of the people, places and chapters on the way.
import type { Language } from "@/shared/i18n/i18n";
import { fieldLabel } from "@/shared/i18n/labels";
import { steps } from "./faults";
import { segments } from "./pointer";
import type { Field } from "./shapes";
import { asObject } from "./values";

/** `path` with dots, as the server names fields: "characters.0.name". */
export function pathName(fields: readonly Field[], content: unknown, path: string, language: Language): string {
  return steps(fields, content, path)
    .map(({ key, item }) => (item ? item.name || `${fieldLabel(key, language)} ${item.place}` : fieldLabel(key, language)))
    .join(" › ");
}

/** A JSON pointer with dots: items that are named by their ids, by their places. */
export function dotted(content: unknown, pointer: string): string {
  let node = content;
  return segments(pointer)
    .map((part) => {
      if (!Array.isArray(node)) {
        node = asObject(node)[part];
        return part;
      }
      const items: unknown[] = node;
      const found = items.findIndex((item) => asObject(item)["id"] === part);
      const place = found < 0 ? Number(part) : found;
      node = items[place];
      return String(place);
    })
    .join(".");
}
