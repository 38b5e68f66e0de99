// An edit that is under way: its text, and what the writer saw when they began.
import { useCallback, useMemo } from "react";
import type { Content } from "@/shared/api/types";
import { changedAt, type Change } from "@/shared/content/changed";
import { drafts, hasDraft, useDraft, type Draft } from "@/shared/lib/useDraft";
import { useSession } from "./context";
import { seenOf, type Seen } from "./seen";

/** Where an edit of a proposal is kept until it is saved. */
export function editKey(sessionId: string, proposalId: string): string {
  return `genesis:${sessionId}:edit:${proposalId}`;
}

/** Where the writer's own text of a stage is kept, begun from nothing, from an unfinished draft, or from what was set aside. */
export function ownKey(sessionId: string, stage: string): string {
  return `genesis:${sessionId}:${stage}:edit:own`;
}

export { hasDraft };

/** What is kept beside the text of an edit. */
interface Begun {
  seen: Seen;
  /** Whether anything was typed. */
  changed: boolean;
  /** The session's version after a save that the writer typed on after; null: nothing of it was saved. */
  savedAt: number | null;
}

export interface EditDraft extends Pick<Draft, "offer" | "takeUp" | "discard" | "discarded" | "undo" | "forgo"> {
  open: boolean;
  content: Content;
  seen: Seen;
  savedAt: number | null;
  /** Begins anew. An edit that was under way here is offered from then on. */
  begin: (content: Content) => void;
  change: (content: Content) => void;
  /** Changes the value at a path with dots. It stays the same function while the form is open. */
  changeAt: (path: string, change: Change) => void;
  /** What stands in the form at this moment. */
  now: () => string;
  /** From now on the writer has seen what stands now. */
  see: (seen: Seen) => void;
  /** `sent` was saved. True: that was all, the form is closed. False: what was typed since stays open, on top of it. */
  saved: (sent: string, version: number) => boolean;
  close: () => void;
  /** Closes the form; what was typed is offered from then on. */
  cancel: () => void;
}

export function useEditDraft(key: string): EditDraft {
  const { state, stage } = useSession();
  const draft = useDraft(key);
  const { text, details, write, putAway } = draft;
  const content = useMemo(() => contentOf(key, text), [key, text]);
  const begun = useMemo(
    () => parsed<Begun>(details) ?? { seen: seenOf(state, stage), changed: true, savedAt: null },
    [details, state, stage],
  );
  const put = useCallback((next: string, more: Partial<Begun>) => write(next, JSON.stringify({ ...begun, ...more })), [write, begun]);
  const close = useCallback(() => write("", ""), [write]);
  const cancel = useCallback(() => (begun.changed ? putAway() : close()), [begun.changed, putAway, close]);
  return {
    ...draft,
    open: text !== "",
    content,
    seen: begun.seen,
    savedAt: begun.savedAt,
    begin: useCallback(
      (from: Content) => {
        cancel();
        put(JSON.stringify(from), { seen: seenOf(state, stage), changed: false, savedAt: null });
      },
      [cancel, put, state, stage],
    ),
    change: useCallback((next: Content) => put(JSON.stringify(next), { changed: true }), [put]),
    changeAt: useCallback(
      (path: string, change: Change) => {
        const next = changedAt(contentOf(key, drafts.own(key).text), path, change);
        put(keepTyped(key, next), { changed: true });
      },
      [key, put],
    ),
    now: useCallback(() => drafts.own(key).text, [key]),
    see: useCallback((seen: Seen) => put(drafts.own(key).text, { seen }), [put, key]),
    saved: useCallback(
      (sent: string, version: number) => {
        const now = drafts.own(key).text;
        if (now === sent) close();
        else put(now, { savedAt: version });
        return now === sent;
      },
      [key, close, put],
    ),
    close,
    cancel,
  };
}

/** What was typed last, by where it is kept: parsed anew, every part of it would be another value than before. */
const typed = new Map<string, { text: string; content: Content }>();

function keepTyped(key: string, content: Content): string {
  const text = JSON.stringify(content);
  typed.set(key, { text, content });
  return text;
}

function contentOf(key: string, text: string): Content {
  const known = typed.get(key);
  if (known?.text === text) return known.content;
  const content = parsed<Content>(text) ?? {};
  if (text === "") typed.delete(key);
  else typed.set(key, { text, content });
  return content;
}

export function parsed<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}
