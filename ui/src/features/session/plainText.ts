// A content as plain text with its labels, to copy it somewhere else. Pure.
import type { Field } from "@/shared/content/shapes";
import { asItems, asLines, asObject, asText, isEmpty } from "@/shared/content/values";
import type { Language } from "@/shared/i18n/i18n";
import { fieldLabel } from "@/shared/i18n/labels";

export function plainText(fields: readonly Field[], content: unknown, language: Language, depth = 0): string {
  const values = asObject(content);
  const indent = "  ".repeat(depth);
  return fields
    .filter((field) => !isEmpty(values[field.key]))
    .map((field) => {
      const value = values[field.key];
      const label = `${indent}${fieldLabel(field.key, language)}:`;
      if (field.kind === "group") return `${label}\n${plainText(field.fields, value, language, depth + 1)}`;
      if (field.kind === "items") {
        return [label, ...asItems(value).map((item) => plainText(field.fields, item, language, depth + 1))].join("\n");
      }
      return `${label} ${Array.isArray(value) ? asLines(value).join(" · ") : asText(value)}`;
    })
    .join("\n");
}
