// Which tab this is, for its drafts and for those who have the same session open. A reload stays the same tab. A duplicated
// tab does not, though the browser copies the session's store: only a page that was left leaves the mark to go on with it.
// https://html.spec.whatwg.org/multipage/webstorage.html#the-sessionstorage-attribute
import { newCommandId } from "@/shared/api/client";

const KEY = "genesis:client";
const LEFT = "genesis:client:left";
let known: string | undefined;

export function clientId(): string {
  if (known === undefined) {
    known = attempt(() => takeOver(sessionStorage, "wasDiscarded" in document && document.wasDiscarded === true)) ?? newCommandId();
    keep(known);
    window.addEventListener("pagehide", () => attempt(() => sessionStorage.setItem(LEFT, known ?? "")));
    window.addEventListener("pageshow", (event) => event.persisted && attempt(() => sessionStorage.removeItem(LEFT)));
  }
  return known;
}

/** The tab that was here before and has been left; null: this is another one. `discarded`: the browser unloaded it unasked. */
export function takeOver(store: Storage, discarded: boolean): string | null {
  const before = store.getItem(KEY);
  const left = store.getItem(LEFT);
  store.removeItem(LEFT);
  return before !== null && (left === before || discarded) ? before : null;
}

function keep(id: string): void {
  attempt(() => sessionStorage.setItem(KEY, id));
}

/** Without a store a reload is a new tab, nothing more. */
function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}
