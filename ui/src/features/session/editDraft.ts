// An edit that is under way: its text, and what the writer saw when they began.
import { useCallback, useMemo } from "react";
import type { Content } from "@/shared/api/types";
import { hasDraft, useDraft, writeDraft } from "@/shared/lib/useDraft";
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

export interface EditDraft {
  open: boolean;
  content: Content;
  seen: Seen;
  begin: (content: Content) => void;
  change: (content: Content) => void;
  /** From now on the writer has seen what stands now. */
  see: (seen: Seen) => void;
  close: () => void;
  /** An edit that was not sent is kept in this browser. */
  offered: boolean;
  takeUp: () => void;
}

export function useEditDraft(key: string): EditDraft {
  const { state, stage } = useSession();
  const text = useDraft(key);
  const kept = useDraft(`${key}:seen`);
  const { write: writeText, takeUp: takeText } = text;
  const { write: writeSeen, takeUp: takeSeen } = kept;
  const content = useMemo(() => parsed<Content>(text.text) ?? {}, [text.text]);
  const seen = useMemo(() => parsed<Seen>(kept.text) ?? seenOf(state, stage), [kept.text, state, stage]);
  return {
    open: text.text !== "",
    content,
    seen,
    begin: useCallback(
      (from: Content) => {
        writeSeen(JSON.stringify(seenOf(state, stage)));
        writeText(JSON.stringify(from));
      },
      [writeText, writeSeen, state, stage],
    ),
    change: useCallback((next: Content) => writeText(JSON.stringify(next)), [writeText]),
    see: useCallback((next: Seen) => writeSeen(JSON.stringify(next)), [writeSeen]),
    close: useCallback(() => {
      writeDraft(key, "");
      writeDraft(`${key}:seen`, "");
    }, [key]),
    offered: text.offered !== "",
    takeUp: useCallback(() => {
      takeSeen();
      takeText();
    }, [takeText, takeSeen]),
  };
}

function parsed<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}
