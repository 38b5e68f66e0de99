// This tab's part in the one connection of its browser: what it wants to hear, who leads, and leading when it is its turn.
import { dataOf, sessionKey } from "@/shared/api/eventStream";
import { newCommandId } from "@/shared/api/client";
import { clientId } from "@/shared/lib/clientId";
import { openChannel } from "./channel";
import { Claims } from "./claims";
import { Election } from "./election";
import { follow, type Place } from "./following";
import { Leader } from "./leader";
import { isFromLeader, isLater, type FromLeader, type Message, type Leadership } from "./messages";
import { ASK_EVERY, Watch } from "./watch";

const CHANNEL = "genesis:live";

export interface LiveHandlers {
  frame: (event: string, data: unknown) => void;
  opened: () => void;
  lost: () => void;
}

interface Follower {
  subscription: string;
  session: string | null;
  handlers: LiveHandlers;
  place: Place;
  connection: "connecting" | "open" | "lost";
}

class Tab {
  readonly #id = newCommandId();
  readonly #followers = new Set<Follower>();
  readonly #watch = new Watch();
  readonly #election = new Election(
    () => void this.#lead(),
    () => this.#resign(),
    () => this.#claim(),
  );
  readonly #claims = new Claims(
    () => this.#lead(),
    () => this.#resign(),
  );
  /** How who leads is found: by the browser's locks, or where a page may not have them, among the tabs. */
  #finding: Election | Claims = this.#election;
  #channel: BroadcastChannel | null = null;
  #leader: Leader | null = null;
  #known: Leadership | null = null;
  #asking: ReturnType<typeof setInterval> | undefined;
  #announced = true;
  #running = false;
  #doubted = false;

  /** Follows until the returned function is called. */
  follow(session: string | null, handlers: LiveHandlers): () => void {
    const follower: Follower = {
      subscription: newCommandId(),
      session,
      handlers,
      place: { carried: false, last: 0 },
      connection: "connecting",
    };
    this.#followers.add(follower);
    this.#listen();
    this.#announce();
    return () => {
      this.#followers.delete(follower);
      this.#announce();
    };
  }

  // --- coming and going ------------------------------------------------------------------------------------------------

  #listen(): void {
    if (this.#asking !== undefined) return;
    // a page that is kept for the way back, or put to sleep, leaves; when it is looked at again it joins anew
    window.addEventListener("pagehide", () => this.#stop());
    window.addEventListener("pageshow", () => this.#start());
    document.addEventListener("freeze", () => this.#stop());
    document.addEventListener("resume", () => this.#start());
    document.addEventListener("visibilitychange", () => this.#seen());
    this.#asking = setInterval(() => this.#ask(), ASK_EVERY);
    this.#start();
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#channel = openChannel(CHANNEL);
    if (!this.#channel) {
      this.#lead(); // nobody can be asked: a connection of its own
      return;
    }
    this.#channel.onmessage = ({ data }) => this.#hear(data as Message);
    if (!("locks" in navigator)) this.#finding = this.#claims;
    this.#finding.start();
    this.#resubscribe([...this.#followers]);
    this.#ask();
  }

  #stop(): void {
    if (!this.#running) return;
    this.#running = false;
    this.#channel?.postMessage({ kind: "subscriptions", tab: this.#id, subscriptions: [], leaves: true } satisfies Message);
    this.#finding.stop();
    this.#resign();
    this.#channel?.close();
    this.#channel = null;
    this.#known = null;
  }

  /** Who is looked at wants to be up to date: a subscription that found no room before asks again. */
  #seen(): void {
    if (document.visibilityState !== "visible") return;
    this.#resubscribe([...this.#followers].filter(({ place }) => !place.carried));
    this.#ask();
  }

  #ask(): void {
    if (!this.#running || this.#leader || document.visibilityState !== "visible") return;
    const found = this.#watch.asks();
    if (found !== "fine") {
      this.#doubted = true;
      for (const follower of this.#followers) this.#lost(follower);
    }
    if (found === "dead") this.#finding.take();
    else this.#say({ kind: "ping" });
  }

  // --- leading ---------------------------------------------------------------------------------------------------------

  #lead(): Leadership {
    const leadership = { leader: this.#id, since: Math.max(Date.now(), (this.#known?.since ?? 0) + 1) };
    this.#leader = new Leader(leadership, (message) => this.#say(message));
    this.#leader.start();
    return leadership;
  }

  /** The browser has locks, and this page may not have them. */
  #claim(): void {
    this.#finding = this.#claims;
    if (!this.#running) return;
    this.#claims.start();
    this.#ask();
  }

  #resign(): void {
    this.#leader?.stop();
    this.#leader = null;
  }

  // --- following -------------------------------------------------------------------------------------------------------

  /** To all tabs, this one included. */
  #say(message: Message): void {
    this.#channel?.postMessage(message);
    this.#hear(message);
  }

  #hear(message: Message): void {
    if (isFromLeader(message)) this.#heard(message);
    else {
      this.#leader?.hear(message);
      const leaves = message.kind === "subscriptions" && message.leaves && message.tab === this.#known?.leader;
      if (leaves) this.#claims.left();
    }
  }

  #heard(message: FromLeader): void {
    const { leader, since } = message;
    this.#claims.heard(message);
    if (isLater(message, this.#known)) {
      this.#known = { leader, since };
      for (const { place } of this.#followers) place.carried = false;
      if (message.kind !== "leads") this.#announce();
    }
    if (this.#known?.leader !== leader || this.#known.since !== since) return;
    this.#watch.heard();
    if (this.#doubted) {
      this.#doubted = false;
      this.#resubscribe([...this.#followers]);
    }
    if (message.kind === "leads") this.#announce();
    else if (message.kind === "opened") this.#opened(message.subscriptions);
    else if (message.kind === "lost") for (const follower of this.#followers) this.#lost(follower);
    else if (message.kind === "frame") this.#frame(message.event, message.session, message.version, message.body);
  }

  #opened(subscriptions: readonly string[]): void {
    for (const follower of this.#followers) {
      follower.place.carried = subscriptions.includes(follower.subscription);
      if (!follower.place.carried || follower.connection === "open") continue;
      follower.connection = "open";
      follower.handlers.opened();
    }
  }

  #lost(follower: Follower): void {
    follower.place.carried = false;
    if (follower.connection === "lost") return;
    follower.connection = "lost";
    follower.handlers.lost();
  }

  #frame(event: string, session: string | null, version: number | null, body: string): void {
    for (const follower of this.#followers) {
      if (follower.session !== session) continue;
      const [place, verdict] = follow(follower.place, event, version);
      follower.place = place;
      if (verdict === "take") follower.handlers.frame(event, dataOf(body));
      else if (verdict === "missed") this.#resubscribe([follower]);
    }
  }

  /** Asks for what these have not heard yet. */
  #resubscribe(followers: readonly Follower[]): void {
    for (const follower of followers) {
      follower.subscription = newCommandId();
      follower.place.carried = false;
    }
    if (followers.length > 0) this.#announce();
  }

  /** Tells all that is wanted, once for all that changes in a moment. */
  #announce(): void {
    if (!this.#announced) return;
    this.#announced = false;
    queueMicrotask(() => {
      this.#announced = true;
      if (!this.#running) return;
      const page = clientId();
      const subscriptions = [...this.#followers].map(({ subscription, session, place }) => ({ id: subscription, session, last: place.last, page }));
      this.#say({ kind: "subscriptions", tab: this.#id, subscriptions });
    });
  }
}

const tab = new Tab();

/** All that happens in a session, from its beginning on. A session's id that is none hears nothing. */
export function followSession(id: string, handlers: LiveHandlers): () => void {
  const session = sessionKey(id);
  return session === null ? () => undefined : tab.follow(session, handlers);
}

/** My lists, and what moves in them. */
export function followLists(handlers: LiveHandlers): () => void {
  return tab.follow(null, handlers);
}
