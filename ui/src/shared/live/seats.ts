// Who wants to hear what, as the tab knows that holds the connection; and what it has to ask for. Pure.
import type { Seat } from "./messages";

/** What the server takes of each on one connection. */
export const MOST = 100;

export interface Wanted {
  address: string;
  /** The ids of the seats that it carries. */
  seats: readonly string[];
}

interface Known extends Seat {
  tab: string;
}

/** The seats in the order in which they came. */
export class Seats {
  #seats: readonly Known[] = [];
  #answered = new Set<string>();

  /** A tab says which it has; those that are known stay as they are known. True: one of them is new. */
  seated(tab: string, seats: readonly Seat[]): boolean {
    this.#answered.add(tab);
    const has = new Set(seats.map(({ id }) => id));
    const kept = this.#seats.filter((seat) => seat.tab !== tab || has.has(seat.id));
    const known = new Set(kept.map(({ id }) => id));
    const fresh = seats.filter(({ id }) => !known.has(id));
    this.#seats = [...kept, ...fresh.map((seat) => ({ ...seat, tab }))];
    return fresh.length > 0;
  }

  /** A round in which every tab that is alive answers. What did not in the last one is gone. */
  round(): void {
    this.#seats = this.#seats.filter(({ tab }) => this.#answered.has(tab));
    this.#answered = new Set();
  }

  /** What those whom the connection carries have now. */
  sent(carried: readonly string[], session: string | null, version: number): void {
    this.#seats = this.#seats.map((seat) => {
      if (seat.session !== session || !carried.includes(seat.id)) return seat;
      return { ...seat, last: version === 0 ? 0 : Math.max(seat.last, version) };
    });
  }

  /** Whether a connection that carries these is what is wanted. */
  matches(carried: readonly string[]): boolean {
    const wanted = this.wanted()?.seats ?? [];
    return wanted.length === carried.length && wanted.every((id) => carried.includes(id));
  }

  /** The newest seats that fit on one connection; null if nobody wants anything. */
  wanted(): Wanted | null {
    const sessions = new Map<string, { last: number; pages: Set<string> }>();
    const seats: string[] = [];
    let lists = false;
    let pages = 0;
    for (const seat of [...this.#seats].reverse()) {
      if (seat.session === null) {
        lists = true;
        seats.push(seat.id);
        continue;
      }
      const known = sessions.get(seat.session);
      const adds = known?.pages.has(seat.page) ? 0 : 1;
      if (pages + adds > MOST || (!known && sessions.size === MOST)) continue;
      pages += adds;
      sessions.set(seat.session, {
        last: Math.min(known?.last ?? seat.last, seat.last),
        pages: new Set([...(known?.pages ?? []), seat.page]),
      });
      seats.push(seat.id);
    }
    if (seats.length === 0) return null;
    const asked = [...sessions].map(([id, { last, pages: of }]) => [id, last, ...of].join(":")).join(",");
    return { address: `/api/v1/live?sessions=${asked}${lists ? "&lists=1" : ""}`, seats };
  }
}
