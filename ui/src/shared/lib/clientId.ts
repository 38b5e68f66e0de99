// Which tab this is, for those who have the same session open. A reload stays the same tab.
import { newCommandId } from "@/shared/api/client";

const KEY = "genesis:client";
let known: string | undefined;

export function clientId(): string {
  known ??= stored() ?? keep(newCommandId());
  return known;
}

function stored(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(id: string): string {
  try {
    sessionStorage.setItem(KEY, id);
  } catch {
    // without a store a reload is a new tab, nothing more
  }
  return id;
}
