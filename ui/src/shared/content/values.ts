// Reading content whose shape may be half written: a draft is whatever the writer has so far.

export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : "";
}

export function asLines(value: unknown): string[] {
  return Array.isArray(value) ? value.map(asText).filter((item) => item !== "") : [];
}

export function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function asItems(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}

/** Nothing that a reader would see. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (Array.isArray(value)) return value.every(isEmpty);
  if (typeof value === "object") return Object.values(value).every(isEmpty);
  return false;
}

/** Names by id of all people and places in contents, for what refers to them. */
export function namesIn(contents: readonly unknown[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const content of contents) {
    const found = asObject(content);
    for (const item of [...asItems(found["characters"]), ...asItems(found["locations"])]) {
      const id = asText(item["id"]);
      if (id) names.set(id, asText(item["name"]) || id);
    }
  }
  return names;
}
