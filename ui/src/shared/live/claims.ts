// Which tab leads where pages may not have locks, as over plain HTTP from another machine: whoever says so, when nobody
// else does. Tabs that say so together hear each other, and the later one stays; `isLater` decides it the same for all.
import { isLater, type FromLeader, type Leadership } from "./messages";

/** Milliseconds that a tab listens for somebody who leads, before it does. */
export const LISTENS = 250;

export class Claims {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #leads: Leadership | null = null;
  #stopped = true;

  /** `won` answers since when this tab leads; `won` and `lost` come in turns. */
  constructor(
    private readonly won: () => Leadership,
    private readonly lost: () => void,
    private readonly random: () => number = Math.random,
  ) {}

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#listen(LISTENS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#end();
  }

  /** Leads now, whoever led. */
  take(): void {
    clearTimeout(this.#timer);
    if (this.#stopped || this.#leads) return;
    this.#leads = this.won();
  }

  /** Somebody leads. */
  heard(message: FromLeader): void {
    clearTimeout(this.#timer);
    if (this.#leads && isLater(message, this.#leads)) this.#end();
  }

  /** Who led has left: one of the others follows, and a pause by lot spares them to begin all at once. */
  left(): void {
    if (!this.#stopped && !this.#leads) this.#listen(LISTENS * this.random());
  }

  #listen(pause: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.take(), pause);
  }

  #end(): void {
    if (!this.#leads) return;
    this.#leads = null;
    this.lost();
  }
}
