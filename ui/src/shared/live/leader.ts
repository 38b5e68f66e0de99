// What the tab does that holds the connection: asks for what all tabs want, and passes on what comes.
//
// Nothing here depends on a timer of its own: those of a hidden tab sleep for up to a minute, while messages come at once.
// So whoever is looked at asks every second, and what is due is done then.
import { openSource, type Source } from "@/shared/api/eventStream";
import type { FromLeader, FromTab, Leadership } from "./messages";
import { Subscriptions } from "./subscriptions";

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 8000;
/** Who has gone without a word, or sleeps, is no longer asked for after two of these, in milliseconds. */
const ROUND_EVERY = 15_000;
const SETTLES = 100;

interface Held {
  source: Source;
  subscriptions: readonly string[];
}

type Said = FromLeader extends infer Each ? (Each extends Leadership ? Omit<Each, keyof Leadership> : never) : never;

export class Leader {
  readonly #subscriptions = new Subscriptions();
  /** What is passed on. */
  #current: Held | null = null;
  /** Has not opened everything yet; passed on as soon as it answers. */
  #opening: Held | null = null;
  /** Kept until the next one is complete, so that nobody is seen to go. */
  #leaving: Held | null = null;
  #pause = FIRST_PAUSE;
  #dueAt = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #roundAt = Date.now() + ROUND_EVERY;
  #stopped = false;

  constructor(
    readonly leadership: Leadership,
    private readonly tell: (message: FromLeader) => void,
    private readonly source: typeof openSource = openSource,
  ) {}

  start(): void {
    this.#say({ kind: "leads" });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const held of [this.#current, this.#opening, this.#leaving]) held?.source.close();
  }

  hear(message: FromTab): void {
    if (message.kind === "ping") {
      this.#say({ kind: "pong" });
      this.#tick();
    } else if (this.#subscriptions.subscribed(message.tab, message.subscriptions)) this.#open();
    else this.#due(SETTLES); // who only leaves is in no hurry
  }

  #say(message: Said): void {
    this.tell({ ...message, ...this.leadership });
  }

  #due(pause: number): void {
    const at = Date.now() + pause;
    if (at >= this.#dueAt) return;
    this.#dueAt = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tick(), pause);
  }

  #tick(): void {
    const now = Date.now();
    if (now >= this.#roundAt) {
      this.#roundAt = now + ROUND_EVERY;
      this.#subscriptions.round();
      this.#say({ kind: "leads" });
      this.#due(SETTLES);
    }
    if (now >= this.#dueAt) this.#open();
  }

  /** Sees to it that there is a connection for what is wanted now. One opens at a time; the next when it is complete. */
  #open(): void {
    if (this.#stopped || this.#opening) return;
    clearTimeout(this.#timer);
    this.#dueAt = Infinity;
    const wanted = this.#subscriptions.wanted();
    if (wanted === null) {
      this.#current?.source.close();
      this.#current = null;
      return;
    }
    if (this.#current && this.#subscriptions.matches(this.#current.subscriptions)) return;
    const held: Held = {
      subscriptions: wanted.subscriptions,
      source: this.source(wanted.address, {
        opened: () => this.#opened(held),
        failed: () => this.#failed(held),
        frame: (event, session, version, body) => this.#frame(held, { event, session, version, body }),
      }),
    };
    this.#opening = held;
  }

  #opened(held: Held): void {
    this.#leaving = this.#current;
    this.#current = held;
    this.#say({ kind: "opened", subscriptions: held.subscriptions });
  }

  #frame(held: Held, frame: { event: string; session: string | null; version: number | null; body: string }): void {
    if (held !== this.#current) return;
    if (frame.event === "ready") {
      this.#opening = null;
      this.#leaving?.source.close();
      this.#leaving = null;
      this.#pause = FIRST_PAUSE;
      this.#open(); // what was asked for meanwhile
      return;
    }
    if (frame.event === "reset") this.#subscriptions.sent(held.subscriptions, frame.session, 0);
    if (frame.version !== null) this.#subscriptions.sent(held.subscriptions, frame.session, frame.version);
    this.#say({ kind: "frame", ...frame });
  }

  #failed(held: Held): void {
    held.source.close();
    if (held === this.#leaving) {
      this.#leaving = null;
      return;
    }
    if (held === this.#opening) this.#opening = null;
    if (held === this.#current) {
      this.#current = null;
      this.#leaving?.source.close();
      this.#leaving = null;
      this.#say({ kind: "lost" });
    } else if (!this.#current) this.#say({ kind: "lost" });
    this.#due(this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }
}
