// Strings by name. What is in memory is the truth of this tab; the browser's store is its copy, for a reload and for
// other tabs. With the store full or forbidden everything goes on; only that copy is missing.

const PREFIX = "genesis:";
/** Under this name a tab tells the others what to forget. */
const FORGET = `${PREFIX}forget`;
/** From this many characters on the copy is made once the typing pauses: the store is written while the page waits. */
const LONG = 8_000;
const PAUSE_MS = 400;

export class Kept {
  readonly #store: () => Storage;
  readonly #isOwn: (name: string) => boolean;
  readonly #memory = new Map<string, string>();
  readonly #later = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #uncopied = new Set<string>();
  readonly #listeners = new Set<() => void>();

  /** `store` may throw. `isOwn`: names that only this tab writes; what another tab does to their copies is put right. */
  constructor(store: () => Storage, isOwn: (name: string) => boolean) {
    this.#store = store;
    this.#isOwn = isOwn;
    this.reread();
  }

  get(name: string): string {
    return this.#memory.get(name) ?? "";
  }

  /** "" takes it away. */
  set(name: string, value: string): void {
    if (value === "") this.#memory.delete(name);
    else this.#memory.set(name, value);
    if (value.length < LONG) this.#copy(name);
    else this.#copyLater(name);
    this.tell();
  }

  names(prefix: string): string[] {
    return [...this.#memory.keys()].filter((name) => name.startsWith(prefix));
  }

  /** What has no copy: it is gone when this tab is closed. */
  get uncopied(): readonly string[] {
    return [...this.#uncopied];
  }

  /** Takes away all that begins so, in every tab. */
  forget(prefix: string): void {
    this.#put(FORGET, JSON.stringify({ prefix, at: Date.now() }));
    this.#drop(prefix);
  }

  /** Another tab wrote; null: it took away, without a name everything. */
  heard(name: string | null, value: string | null): void {
    if (name === null) return this.flush();
    if (name === FORGET) return this.#drop(prefixOf(value));
    if (!name.startsWith(PREFIX)) return;
    if (this.#isOwn(name)) return this.get(name) === (value ?? "") ? undefined : this.#copy(name);
    if (value === null || value === "") this.#memory.delete(name);
    else this.#memory.set(name, value);
    this.tell();
  }

  /** Takes all from the store anew, as after a time in which this tab was not there; what has no copy stays. */
  reread(): void {
    try {
      const store = this.#store();
      for (const name of this.#memory.keys()) if (!this.#uncopied.has(name)) this.#memory.delete(name);
      for (const name of Object.keys(store).filter((found) => found.startsWith(PREFIX) && found !== FORGET)) {
        if (!this.#uncopied.has(name)) this.#memory.set(name, store.getItem(name) ?? "");
      }
    } catch {
      // a forbidden store holds nothing
    }
    this.tell();
  }

  /** Makes every copy that is missing, as far as the store takes it. */
  flush(): void {
    for (const timer of this.#later.values()) clearTimeout(timer);
    for (const name of [...this.#later.keys(), ...this.#uncopied, ...[...this.#memory.keys()].filter(this.#isOwn)]) this.#copy(name);
    this.#later.clear();
    this.tell();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #copyLater(name: string): void {
    clearTimeout(this.#later.get(name));
    const copy = () => {
      this.#later.delete(name);
      this.#copy(name);
      this.tell();
    };
    this.#later.set(name, setTimeout(copy, PAUSE_MS));
  }

  #copy(name: string): void {
    clearTimeout(this.#later.get(name));
    this.#later.delete(name);
    if (this.#put(name, this.get(name)) || this.get(name) === "") this.#uncopied.delete(name);
    else this.#uncopied.add(name);
  }

  #put(name: string, value: string): boolean {
    try {
      const store = this.#store();
      if (value === "") store.removeItem(name);
      else if (store.getItem(name) !== value) store.setItem(name, value);
      return true;
    } catch {
      return false;
    }
  }

  #drop(prefix: string): void {
    for (const name of this.names(prefix)) {
      this.#memory.delete(name);
      this.#copy(name);
    }
    this.tell();
  }

  tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** A word that is no prefix of any name, where nobody said what to forget. */
const NOTHING = "\0";

function prefixOf(value: string | null): string {
  try {
    const said = JSON.parse(value ?? "") as { prefix?: unknown };
    return typeof said.prefix === "string" && said.prefix.startsWith(PREFIX) ? said.prefix : NOTHING;
  } catch {
    return NOTHING;
  }
}
