// Words that were typed and not sent. Each draft has one owner, a tab; what another tab holds, closed or open, is offered.
// Nothing here is thrown away but what was sent or discarded, and the last that was discarded can be had back.
import { earlier } from "./earlierDrafts";
import type { Kept } from "./kept";

export interface Words {
  text: string;
  /** What belongs to the text, as the field that it is about; opaque here. */
  details: string;
  /** When it was last typed in, in milliseconds. */
  at: number;
}

/** Whether words are worth to be offered. */
export type Worth = (words: Words) => boolean;

export const hasText: Worth = ({ text }) => text !== "";

/** Who owns drafts of earlier builds: no tab, and the same one whichever tab finds them. */
const EARLIER = "earlier";

export const NO_WORDS: Words = { text: "", details: "", at: 0 };

/** Words on their way. `arrived` clears exactly them: what was typed meanwhile stays. */
export interface Sending {
  words: Words;
  arrived: () => void;
  refused: () => void;
}

interface Watch {
  text: string;
  /** Whether all that was typed since came after it. */
  continued: boolean;
}

export class Drafts {
  readonly #kept: Kept;
  readonly #owner: string;
  readonly #fresh: () => string;
  readonly #watches = new Map<string, Set<Watch>>();
  readonly #declined = new Set<string>();
  readonly #bin = new Map<string, { name: string; stored: string }>();
  readonly #parsed = new Map<string, { stored: string; words: Words }>();

  /** `owner`: this tab. `fresh` makes names for what is put away. */
  constructor(kept: Kept, owner: string, fresh: () => string) {
    this.#kept = kept;
    this.#owner = owner;
    this.#fresh = fresh;
  }

  /** Offers what earlier builds kept under other names, once: the old names go. */
  takeOver(): void {
    const found = earlier(this.#kept.names(""), (name) => this.#kept.get(name));
    for (const { key, text, details } of found.drafts) this.#put(ownName(key, EARLIER), text, details);
    for (const { to, value } of found.moved) this.#kept.set(to, value);
    for (const name of found.gone) this.#kept.set(name, "");
  }

  own(key: string): Words {
    return this.#words(ownName(key, this.#owner));
  }

  write(key: string, text: string, details: string): void {
    for (const watch of this.#watches.get(key) ?? []) watch.continued &&= text.startsWith(watch.text);
    this.#put(ownName(key, this.#owner), text, details);
  }

  sending(key: string): Sending {
    const words = this.own(key);
    const watch: Watch = { text: words.text, continued: true };
    const watches = this.#watches.get(key) ?? new Set();
    this.#watches.set(key, watches.add(watch));
    const refused = () => void watches.delete(watch);
    const arrived = () => {
      refused();
      const now = this.own(key);
      const text = watch.continued ? now.text.slice(watch.text.length).trimStart() : now.text;
      const cleared = text === "" && now.details === words.details;
      this.write(key, text, cleared ? "" : now.details);
    };
    return { words, arrived, refused };
  }

  /** The newest words that another tab holds or that were put away, by the name to take them up or discard them with. */
  offer(key: string, worth: Worth = hasText): string | null {
    const mine = ownName(key, this.#owner);
    const names = this.#kept.names(`${key}@`).filter((name) => name !== mine && !this.#declined.has(name));
    const found = names.filter((name) => worth(this.#words(name)));
    return found.sort((one, other) => this.#words(other).at - this.#words(one).at)[0] ?? null;
  }

  words(name: string): Words {
    return this.#words(name);
  }

  /** What was offered is this tab's own from now on. An open tab keeps its own words all the same. */
  takeUp(key: string, name: string): void {
    const { text, details } = this.take(name);
    this.write(key, text, details);
  }

  /** What was offered, which is offered no more. */
  take(name: string): Words {
    const words = this.#words(name);
    this.#declined.add(name);
    this.#kept.set(name, "");
    return words;
  }

  /** Takes this tab's own words off the table: they are offered from now on. */
  putAway(key: string): void {
    const { text, details } = this.own(key);
    if (text !== "") this.leave(key, text, details);
    this.write(key, "", "");
  }

  /** Words to be offered, beside all that are offered already. */
  leave(key: string, text: string, details: string): void {
    this.#put(ownName(key, this.#fresh()), text, details);
  }

  discard(key: string, name: string): void {
    this.#bin.set(key, { name, stored: this.#kept.get(name) });
    this.#declined.add(name);
    this.#kept.set(name, "");
  }

  discarded(key: string): boolean {
    return this.#bin.has(key);
  }

  /** Has back what was discarded last. */
  undo(key: string): void {
    const last = this.#bin.get(key);
    if (!last) return;
    this.#bin.delete(key);
    this.#declined.delete(last.name);
    this.#kept.set(last.name, last.stored);
  }

  /** From now on what was discarded is gone. */
  forgo(key: string): void {
    this.#bin.delete(key);
    this.#kept.tell();
  }

  #put(name: string, text: string, details: string): void {
    const words: Words = { text, details, at: Date.now() };
    const stored = text === "" && details === "" ? "" : JSON.stringify(words);
    if (stored !== "") this.#parsed.set(name, { stored, words });
    this.#kept.set(name, stored);
  }

  #words(name: string): Words {
    const stored = this.#kept.get(name);
    if (stored === "") {
      this.#parsed.delete(name);
      return NO_WORDS;
    }
    const known = this.#parsed.get(name);
    if (known?.stored === stored) return known.words;
    const words = parse(stored);
    this.#parsed.set(name, { stored, words });
    return words;
  }
}

export function ownName(key: string, owner: string): string {
  return `${key}@${owner}`;
}

function parse(stored: string): Words {
  try {
    const found = JSON.parse(stored) as Partial<Words>;
    const said = (value: unknown) => (typeof value === "string" ? value : "");
    return { text: said(found.text), details: said(found.details), at: Number(found.at) || 0 };
  } catch {
    return NO_WORDS;
  }
}
