// Commands that change a text go with the version that the writer saw. What happened elsewhere meanwhile does not bother
// them: the command goes again on the new version by itself. What touches the same text is put before them.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { Problem, type MissedChange } from "@/shared/api/problem";
import type { Command, CommandAnswer, Content, SessionState, WorkStage } from "@/shared/api/types";
import type { Commands } from "@/shared/api/useCommands";
import { untilShown, stateNow } from "./data";
import { seenOf, touches, type Aim, type Seen } from "./seen";

/** What the writer was about to do, to show it beside what stands now. */
export interface Mine {
  stage: WorkStage;
  aim: Aim;
  proposalId: string | null;
  seen: Seen;
  /** The text that was to be saved or accepted. */
  content?: Content;
  /** The words that were to be sent. */
  words?: string;
  /** The locks, or the shortlisted proposals, that were to be set. */
  list?: readonly string[];
}

export type Choice = "mine" | "theirs" | "editing";

export interface Conflict {
  mine: Mine;
  changes: readonly MissedChange[];
  choose: (choice: Choice) => void;
}

/** An answer, a refusal (shown at the key already), or what the writer chose instead of sending; `seen`: what they know now. */
export type Sent = CommandAnswer | Problem | { choice: "theirs" | "editing"; seen: Seen } | null;

export interface Careful {
  conflict: Conflict | null;
  send: (key: string, command: Command, mine: Mine) => Promise<Sent>;
}

const MOST_TIMES = 8;

export function useCareful(id: string, commands: Commands): Careful {
  const cache = useQueryClient();
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const { attempt, tell } = commands;

  const decide = useCallback(
    (mine: Mine, changes: readonly MissedChange[]) =>
      new Promise<Choice>((resolve) => {
        const choose = (choice: Choice) => {
          setConflict(null);
          resolve(choice);
        };
        setConflict({ mine, changes, choose });
      }),
    [],
  );

  const newest = useCallback(
    async (problem: Problem): Promise<SessionState | null> => {
      await untilShown(cache, id, problem.currentVersion ?? 0).catch(() => undefined);
      const now = stateNow(cache, id);
      return now && now.version >= (problem.currentVersion ?? 0) ? now : null;
    },
    [cache, id],
  );

  const send = useCallback<Careful["send"]>(
    async (key, command, mine) => {
      let { seen } = mine;
      let expected = seen.version;
      for (let times = 0; ; times += 1) {
        const answer = await attempt(key, { ...command, expected_version: expected }, "VERSION_CONFLICT");
        if (!(answer instanceof Problem) || answer.code !== "VERSION_CONFLICT") return answer;
        const now = await newest(answer);
        if (now === null || times >= MOST_TIMES) {
          tell(key, answer);
          return answer;
        }
        if (touches(seen, viewOf(now, mine.stage), mine.aim, mine.proposalId)) {
          const choice = await decide({ ...mine, seen }, answer.changes);
          const shown = stateNow(cache, id) ?? now;
          seen = seenOf(shown, mine.stage);
          if (choice !== "mine") return { choice, seen };
          expected = shown.version;
        } else expected = now.version;
      }
    },
    [attempt, tell, decide, newest, cache, id],
  );

  return useMemo(() => ({ conflict, send }), [conflict, send]);
}

export function viewOf(state: SessionState, stage: string) {
  const view = state.stages.find((found) => found.stage === stage);
  if (!view) throw new Error("a session without this stage");
  return view;
}
