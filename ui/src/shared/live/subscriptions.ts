// Who wants to hear what, as the tab knows that holds the connection; and what it has to ask for. Pure.
import type { Subscription } from "./messages";

/** What the server takes of each on one connection. */
export const MOST = 100;

export interface Wanted {
  address: string;
  /** The ids of the subscriptions that it carries. */
  subscriptions: readonly string[];
}

interface Known extends Subscription {
  tab: string;
}

/** The subscriptions in the order in which they came. */
export class Subscriptions {
  #subscriptions: readonly Known[] = [];
  #answered = new Set<string>();

  /** A tab says which it has; those that are known stay as they are known. True: one of them is new. */
  subscribed(tab: string, subscriptions: readonly Subscription[]): boolean {
    this.#answered.add(tab);
    const has = new Set(subscriptions.map(({ id }) => id));
    const kept = this.#subscriptions.filter((subscription) => subscription.tab !== tab || has.has(subscription.id));
    const known = new Set(kept.map(({ id }) => id));
    const fresh = subscriptions.filter(({ id }) => !known.has(id));
    this.#subscriptions = [...kept, ...fresh.map((subscription) => ({ ...subscription, tab }))];
    return fresh.length > 0;
  }

  /** A round in which every tab that is alive answers. What did not in the last one is gone. */
  round(): void {
    this.#subscriptions = this.#subscriptions.filter(({ tab }) => this.#answered.has(tab));
    this.#answered = new Set();
  }

  /** What those whom the connection carries have now. */
  sent(carried: readonly string[], session: string | null, version: number): void {
    this.#subscriptions = this.#subscriptions.map((subscription) => {
      if (subscription.session !== session || !carried.includes(subscription.id)) return subscription;
      return { ...subscription, last: version === 0 ? 0 : Math.max(subscription.last, version) };
    });
  }

  /** Whether a connection that carries these is what is wanted. */
  matches(carried: readonly string[]): boolean {
    const wanted = this.wanted()?.subscriptions ?? [];
    return wanted.length === carried.length && wanted.every((id) => carried.includes(id));
  }

  /** The newest subscriptions that fit on one connection; null if nobody wants anything. */
  wanted(): Wanted | null {
    const sessions = new Map<string, { last: number; pages: Set<string> }>();
    const subscriptions: string[] = [];
    let lists = false;
    let pages = 0;
    for (const subscription of [...this.#subscriptions].reverse()) {
      if (subscription.session === null) {
        lists = true;
        subscriptions.push(subscription.id);
        continue;
      }
      const known = sessions.get(subscription.session);
      const adds = known?.pages.has(subscription.page) ? 0 : 1;
      if (pages + adds > MOST || (!known && sessions.size === MOST)) continue;
      pages += adds;
      sessions.set(subscription.session, {
        last: Math.min(known?.last ?? subscription.last, subscription.last),
        pages: new Set([...(known?.pages ?? []), subscription.page]),
      });
      subscriptions.push(subscription.id);
    }
    if (subscriptions.length === 0) return null;
    const asked = [...sessions].map(([id, { last, pages: of }]) => [id, last, ...of].join(":")).join(",");
    return { address: `/api/v1/live?sessions=${asked}${lists ? "&lists=1" : ""}`, subscriptions };
  }
}
