// Replaces words over the chapters of a book: an ordinary edit of each, told where it could not be, and taken back as one.
import { useCallback, useState } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { Edit } from "@/shared/api/types";
import { readChapter, sendChapterCommand } from "@/shared/projects/projects";
import { MOST_EDITS } from "./blocks";
import { replacing, type Place } from "./find";

/** Paragraphs of a chapter that were replaced: the version that did it, and their texts before. */
interface Replaced {
  chapterId: string;
  version: number;
  before: ReadonlyMap<string, string>;
}

export interface Outcome {
  kind: "replaced" | "undone";
  /** Places that were replaced, or paragraphs that are again as they were. */
  done: number;
  /** The same that were changed by somebody meanwhile, and stay. */
  passed: number;
  chapters: number;
}

interface Sent {
  version: number;
  done: Set<string>;
}

export interface Replacer {
  replace: (chosen: ReadonlyMap<string, readonly Place[]>, replacement: string) => Promise<void>;
  /** Null: there is nothing to take back. */
  undo: (() => Promise<void>) | null;
  busy: boolean;
  outcome: Outcome | null;
  problem: Problem | null;
}

export function useReplacing(projectId: string): Replacer {
  const [replaced, setReplaced] = useState<readonly Replaced[]>([]);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  const attempt = useCallback(async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  }, []);

  const replace = useCallback(
    (chosen: ReadonlyMap<string, readonly Place[]>, replacement: string) =>
      attempt(async () => {
        const made: Replaced[] = [];
        const said: Outcome = { kind: "replaced", done: 0, passed: 0, chapters: 0 };
        // what was done before something failed can be taken back all the same
        const tell = () => {
          setReplaced([...made]);
          setOutcome({ ...said, chapters: new Set(made.map(({ chapterId }) => chapterId)).size });
        };
        for (const [chapterId, places] of chosen) {
          const { blocks } = await readChapter(projectId, chapterId);
          const wanted = replacing(blocks, places, replacement);
          said.passed += wanted.passed;
          said.done += wanted.places;
          for (const { version, done } of await sendEdits(chapterId, wanted.edits)) {
            made.push({ chapterId, version, before: new Map([...wanted.before].filter(([id]) => done.has(id))) });
            for (const id of done) wanted.before.delete(id);
          }
          const missed = places.filter(({ block_id }) => wanted.before.has(block_id)).length;
          said.done -= missed;
          said.passed += missed;
          tell();
        }
      }),
    [attempt, projectId],
  );

  const undo = useCallback(
    () =>
      attempt(async () => {
        const left = [...replaced];
        const said: Outcome = { kind: "undone", done: 0, passed: 0, chapters: 0 };
        while (left.length > 0) {
          const { chapterId, version, before } = left[0]!;
          const edits = [...before].map(([block_id, text]): Edit => ({ op: "replace", block_id, based_on: version, text }));
          const done = (await sendEdits(chapterId, edits)).reduce((sum, one) => sum + one.done.size, 0);
          said.done += done;
          said.passed += edits.length - done;
          left.shift();
          setReplaced([...left]);
          setOutcome({ ...said });
        }
      }),
    [attempt, replaced],
  );
  return { replace, undo: replaced.length > 0 ? undo : null, busy, outcome, problem };
}

/** One command for a chapter, or as few as there can be; without the paragraphs that somebody has changed or locked meanwhile. */
async function sendEdits(chapterId: string, edits: readonly Edit[]): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (let at = 0; at < edits.length; at += MOST_EDITS) {
    let some = edits.slice(at, at + MOST_EDITS);
    while (some.length > 0) {
      try {
        const answer = await sendChapterCommand({ command_type: "EDIT_CHAPTER", chapter_id: chapterId, payload: { edits: some } });
        sent.push({ version: answer.version, done: new Set(some.map(({ block_id }) => block_id)) });
        break;
      } catch (error) {
        const said = asProblem(error);
        const others = new Set(said.blocks.map(({ block_id }) => block_id));
        const rest = some.filter(({ block_id }) => !others.has(block_id));
        if (said.code !== "BLOCK_CONFLICT" || rest.length === some.length) throw error;
        some = rest;
      }
    }
  }
  return sent;
}
