// Locks and unlocks paragraphs of a chapter.
import { useCallback, useState } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import { sendChapterCommand } from "@/shared/projects/projects";

/** `refused`: the last thing that was typed would have changed a locked paragraph. */
export interface Locks {
  set: (blockId: string, locked: boolean) => void;
  busy: boolean;
  refused: boolean;
}

interface LocksHere extends Locks {
  refuse: (refused: boolean) => void;
}

export function useLocks(chapterId: string, moved: (version: number) => Promise<void>, failed: (problem: Problem | null) => void): LocksHere {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(false);
  const set = useCallback(
    async (blockId: string, locked: boolean) => {
      setBusy(true);
      setRefused(false);
      try {
        const command_type = locked ? "LOCK_BLOCKS" : "UNLOCK_BLOCKS";
        const answer = await sendChapterCommand({ command_type, chapter_id: chapterId, payload: { block_ids: [blockId] } });
        await moved(answer.version);
        failed(null);
      } catch (error) {
        failed(asProblem(error));
      } finally {
        setBusy(false);
      }
    },
    [chapterId, moved, failed],
  );
  return { set: useCallback((id, locked) => void set(id, locked), [set]), busy, refused, refuse: setRefused };
}
