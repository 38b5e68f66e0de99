// What the tabs of a browser say to each other about the one connection that they share. A sender's order is kept.

/** A part of a tab that wants to hear: of one session, or of the lists. Another gap or another wish is another subscription. */
export interface Subscription {
  id: string;
  /** As 32 hexadecimal digits; null: the lists. */
  session: string | null;
  /** The last version that it has of the session. */
  last: number;
  /** The tab's own id, by which others see it. */
  page: string;
}

/** The tab that holds the connection, and since when, in milliseconds: whoever leads later is who leads. */
export interface Leadership {
  leader: string;
  since: number;
}

export type FromTab =
  /** All that the tab wants to hear; nothing when it leaves. */
  | { kind: "subscriptions"; tab: string; subscriptions: readonly Subscription[]; leaves?: true }
  | { kind: "ping" };

export type FromLeader = Leadership &
  (
    | { kind: "leads" }
    | { kind: "pong" }
    /** From here on frames are of a connection that carries these subscriptions. */
    | { kind: "opened"; subscriptions: readonly string[] }
    | { kind: "lost" }
    /** `body`: the frame's JSON as it came, for whoever wants it. */
    | { kind: "frame"; event: string; session: string | null; version: number | null; body: string }
  );

export type Message = FromTab | FromLeader;

export function isFromLeader(message: Message): message is FromLeader {
  return "leader" in message;
}

/** Whether what `said` comes from is newer than what was known. */
export function isLater(said: Leadership, known: Leadership | null): boolean {
  if (known === null) return true;
  return said.since === known.since ? said.leader > known.leader : said.since > known.since;
}
