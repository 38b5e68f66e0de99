// The words of one box or form, as a component has them.
import { useMemo, useSyncExternalStore } from "react";
import { newCommandId } from "@/shared/api/client";
import { clientId } from "./clientId";
import { Drafts, hasText, type Sending, type Words, type Worth } from "./drafts";
import { kept } from "./useStored";

export const drafts = new Drafts(kept, clientId(), newCommandId);
drafts.takeOver();

export function hasDraft(key: string): boolean {
  return drafts.own(key).text !== "" || drafts.offer(key) !== null;
}

export interface Draft {
  /** This tab's own words; "": none. */
  text: string;
  details: string;
  write: (text: string, details?: string) => void;
  setDetails: (details: string) => void;
  sending: () => Sending;
  putAway: () => void;
  /** Words of another tab, closed or open, or that were put away; while this tab has none of its own. */
  offer: Words | null;
  takeUp: () => void;
  discard: () => void;
  /** What is offered goes elsewhere: it is offered no more. */
  take: () => void;
  /** Something was discarded here, and can be had back. */
  discarded: boolean;
  undo: () => void;
  forgo: () => void;
}

/** `worth`: which words are offered, and are not offered over. */
export function useDraft(key: string, worth: Worth = hasText): Draft {
  const own = useSyncExternalStore(kept.subscribe, () => drafts.own(key));
  const name = useSyncExternalStore(kept.subscribe, () => drafts.offer(key, worth));
  const offer = useSyncExternalStore(kept.subscribe, () => (name === null ? null : drafts.words(name)));
  const discarded = useSyncExternalStore(kept.subscribe, () => drafts.discarded(key));
  const acts = useMemo(
    () => ({
      write: (text: string, details?: string) => drafts.write(key, text, details ?? drafts.own(key).details),
      setDetails: (details: string) => drafts.write(key, drafts.own(key).text, details),
      sending: () => drafts.sending(key),
      putAway: () => drafts.putAway(key),
      takeUp: () => name !== null && drafts.takeUp(key, name),
      discard: () => name !== null && drafts.discard(key, name),
      take: () => name !== null && drafts.take(name),
      undo: () => drafts.undo(key),
      forgo: () => drafts.forgo(key),
    }),
    [key, name],
  );
  return { ...own, ...acts, offer: worth(own) ? null : offer, discarded };
}
