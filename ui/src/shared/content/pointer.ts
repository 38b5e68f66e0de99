// JSON pointers (RFC 6901) into content. An item of a list is named by its id where it has one, so that a lock survives a
// reordering; the server reads them the same way.
import type { ItemsField } from "./shapes";
import { asObject, asText } from "./values";

export function pointer(...parts: (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

export function segments(path: string): string[] {
  return path
    .replace(/^\//, "")
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function itemSegment(field: ItemsField, item: Record<string, unknown>, index: number): string {
  return (field.id === "id" && asText(item["id"])) || String(index);
}

/** What matches an item with its earlier self: what identifies it, else where it stands. */
export function itemIdentity(field: ItemsField, item: Record<string, unknown>, index: number): string {
  return (field.id && asText(item[field.id])) || String(index);
}

/** What stands at `path`; undefined when there is nothing. A list's item is found by its id or its place. */
export function valueAt(content: unknown, path: string): unknown {
  let node = content;
  for (const part of segments(path)) {
    if (Array.isArray(node)) {
      const items: unknown[] = node;
      node = items.find((item) => asObject(item)["id"] === part) ?? items[Number(part)];
    } else node = asObject(node)[part];
    if (node === undefined) return undefined;
  }
  return node;
}
