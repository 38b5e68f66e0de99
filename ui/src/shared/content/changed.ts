// One place of a content changed; whatever lies beside the way there stays the very same value, so that what is drawn of
// it need not be drawn again. Pure.
import type { Content } from "@/shared/api/types";
import { asObject } from "./values";

/** What becomes of a value. */
export type Change = (before: unknown) => unknown;

/** Changes the value at a path with dots, "beats.3.summary". What is not there yet is made. */
export function changedAt(content: Content, path: string, change: Change): Content {
  return asObject(along(content, path.split("."), change));
}

function along(node: unknown, [head, ...rest]: readonly string[], change: Change): unknown {
  if (head === undefined) return change(node);
  if (Array.isArray(node)) return node.map((item: unknown, place) => (place === Number(head) ? along(item, rest, change) : item));
  const values = asObject(node);
  return { ...values, [head]: along(values[head], rest, change) };
}
