// Commands from the page: a fresh id for each, kept until somebody has answered; what is under way and what went wrong,
// by a key that names the place on the page.
import { useCallback, useMemo, useRef, useState } from "react";
import { newCommandId, sendCommand } from "./client";
import { asProblem, Problem } from "./problem";
import type { Command, CommandAnswer } from "./types";

export interface Commands {
  /** Sends it; null when it was refused or nobody answered. A second call with the same key and words has the same id. */
  run: (key: string, command: Command) => Promise<CommandAnswer | null>;
  /** The same, with what went wrong for the caller, who sees to a problem of the code `untold`. Null: under way already. */
  attempt: (key: string, command: Command, untold?: string) => Promise<CommandAnswer | Problem | null>;
  /** Shows a problem at the key's place. */
  tell: (key: string, problem: Problem) => void;
  busy: (key: string) => boolean;
  anyBusy: boolean;
  problem: (key: string) => Problem | null;
  dismiss: (key: string) => void;
  /** Sends again what nobody answered. */
  again: (key: string) => void;
}

interface Unanswered {
  id: string;
  said: string;
  command: Command;
}

interface Options {
  /** Waits until the answer can be seen; the button stays busy meanwhile. */
  settled?: (answer: CommandAnswer) => Promise<void>;
  refused?: (problem: Problem) => void;
}

export function useCommands({ settled, refused }: Options = {}): Commands {
  const unanswered = useRef(new Map<string, Unanswered>());
  const underWay = useRef(new Set<string>());
  const [busyKeys, setBusyKeys] = useState<ReadonlySet<string>>(new Set());
  const [problems, setProblems] = useState<ReadonlyMap<string, Problem>>(new Map());

  const note = useCallback((key: string, problem: Problem | null) => {
    setProblems((before) => {
      const after = new Map(before);
      if (problem) after.set(key, problem);
      else after.delete(key);
      return after;
    });
  }, []);

  const attempt = useCallback(
    async (key: string, asked: Command, untold = "") => {
      if (underWay.current.has(key)) return null;
      // what nobody answered may have been done: it goes again as it was, even if the session has moved on since
      const said = JSON.stringify({ ...asked, expected_version: undefined });
      const before = unanswered.current.get(key);
      const kept = before?.said === said ? before : { id: newCommandId(), said, command: asked };
      const { id, command } = kept;
      unanswered.current.set(key, kept);
      underWay.current.add(key);
      setBusyKeys(new Set(underWay.current));
      note(key, null);
      try {
        const answer = await sendCommand({ ...command, command_id: id });
        unanswered.current.delete(key);
        // it is done, shown or not: a read side that lags is no reason to send the words again
        await settled?.(answer).catch(() => undefined);
        return answer;
      } catch (error) {
        const problem = asProblem(error);
        if (!problem.unanswered) unanswered.current.delete(key);
        if (problem.code === untold) return problem;
        note(key, problem);
        refused?.(problem);
        return problem;
      } finally {
        underWay.current.delete(key);
        setBusyKeys(new Set(underWay.current));
      }
    },
    [note, settled, refused],
  );

  const run = useCallback(
    async (key: string, command: Command) => {
      const answer = await attempt(key, command);
      return answer instanceof Problem ? null : answer;
    },
    [attempt],
  );

  const again = useCallback(
    (key: string) => {
      const kept = unanswered.current.get(key);
      if (kept) void run(key, kept.command);
    },
    [run],
  );

  return useMemo(
    () => ({
      run,
      attempt,
      again,
      busy: (key) => busyKeys.has(key),
      anyBusy: busyKeys.size > 0,
      problem: (key) => problems.get(key) ?? null,
      tell: note,
      dismiss: (key) => note(key, null),
    }),
    [run, attempt, again, note, busyKeys, problems],
  );
}
