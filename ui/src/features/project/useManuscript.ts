// The text of an open chapter: typed here, kept in this browser, saved after a pause, joined with what others save.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { newCommandId } from "@/shared/api/client";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { Chapter } from "@/shared/api/types";
import { useDraft, type Draft } from "@/shared/lib/useDraft";
import { readChapter, sendChapterCommand, useMoves, type Move } from "@/shared/projects/projects";
import { applied, caughtUp, chosen, differs, editsOf, joined, MOST_EDITS, partsOf, respelled, type Choice, type Known, type Part } from "./blocks";
import { besideLocked, withLocks } from "./locks";
import { asKept, begun, isLeft, keptIn } from "./manuscript";
import { isStyleOnly } from "./styleOnly";
import { useLocks, type Locks } from "./useLocks";

const PAUSE_MS = 1_000;
/** Who types on without a pause is saved all the same. */
const LONGEST_MS = 5_000;
const AGAIN_MS = 4_000;
/** To keep words and to count them is work that a key should not wait for. */
const NOTE_MS = 200;

export type Saving = "saved" | "typing" | "saving" | "away";
export type Clashing = Problem["blocks"][number];

/** Where the text is typed: it shows what came from elsewhere at once, so that the two never stand apart. */
export interface Typed {
  show: (parts: readonly Part[], base: readonly Known[]) => void;
  rename: (ids: ReadonlyMap<string, string>) => void;
}

export interface Manuscript {
  /** The paragraphs as they stand now. */
  now: () => readonly Part[];
  /** What stands in the editor after every change. */
  write: (parts: readonly Part[]) => void;
  attach: (typed: Typed) => () => void;
  /** The whole text, a moment behind what is typed. */
  text: string;
  /** The paragraphs as they are stored. */
  blocks: readonly Known[];
  locks: Locks;
  refuse: (refused: boolean) => void;
  saving: Saving;
  /** When it was last saved here, in milliseconds; null: not since it was opened. */
  savedAt: number | null;
  problem: Problem | null;
  clashes: readonly Clashing[];
  choose: (clash: Clashing, choice: Choice) => void;
  save: () => void;
  /** Words of another tab that were not saved. */
  left: Pick<Draft, "offer" | "discard"> & { takeUp: () => void };
}

export function useManuscript(chapter: Chapter, changed: (found: Chapter) => void): Manuscript {
  const draft = useDraft(`genesis:chapter:${chapter.id}:text`, isLeft);
  const { write: keep } = draft;
  const [first] = useState(() => begun(chapter, draft.text, draft.details, newCommandId));
  const doing = useRef(first);
  const typed = useRef<Typed | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const noting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [text, setText] = useState(() => joined(first.parts));
  const [saving, setSaving] = useState<Saving>(() => (differs(first.base, first.parts) ? "typing" : "saved"));
  const [savedAt, setSavedAt] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [clashes, setClashes] = useState<readonly Clashing[]>([]);
  const [stored, setStored] = useState(first.base);
  const clashing = clashes.length > 0;
  const save = useRef<() => void>(() => undefined);

  const rebase = useCallback((base: readonly Known[]) => {
    doing.current.base = base;
    for (const { id } of base) doing.current.used.add(id);
    setStored(base);
  }, []);

  const later = useCallback((pause: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => save.current(), pause);
  }, []);

  /** What is not saved is kept in this browser, with what it is based on. */
  const note = useCallback(() => {
    clearTimeout(noting.current);
    noting.current = undefined;
    const now = doing.current;
    const unsaved = differs(now.base, now.parts);
    const words = joined(now.parts);
    keep(unsaved ? words : "", unsaved ? asKept(now.base, now.parts) : "");
    setText(words);
    return unsaved;
  }, [keep]);

  const show = useCallback((parts: readonly Part[]) => {
    doing.current.parts = parts;
    typed.current?.show(parts, doing.current.base);
    setText(joined(parts));
  }, []);

  const refresh = useCallback(
    async (version: number) => {
      const found = await readChapter(chapter.project_id, chapter.id, version);
      changed(found);
      const now = doing.current;
      if (now.busy || found.version <= now.version) return;
      if (differs(now.base, now.parts)) {
        // it is saved first: others' paragraphs and these do not conflict
        rebase(withLocks(now.base, found.blocks));
        typed.current?.show(now.parts, doing.current.base);
        return;
      }
      rebase(found.blocks);
      now.version = found.version;
      now.heard = Math.max(now.heard, found.version);
      show(partsOf(found.blocks));
    },
    [chapter.id, chapter.project_id, changed, rebase, show],
  );

  const { refuse, ...locks } = useLocks(chapter.id, refresh, setProblem);

  /** Whether there is something to send after a paragraph was locked elsewhere. */
  const besideThem = useCallback(async () => {
    const found = await readChapter(chapter.project_id, chapter.id);
    const after = besideLocked(doing.current.base, doing.current.parts, found.blocks, newCommandId);
    if (after === null) return false;
    rebase(after.base);
    show(after.parts);
    note();
    refuse(true);
    return true;
  }, [chapter.id, chapter.project_id, note, rebase, refuse, show]);

  /** After a new paragraph's id was refused: it is there already, or it was and needs another. */
  const namedAnew = useCallback(async () => {
    const { base, parts, used, version } = doing.current;
    const found = await readChapter(chapter.project_id, chapter.id, version);
    rebase(caughtUp(base, parts, found.blocks));
    for (const { id } of parts) used.add(id);
    return true;
  }, [chapter.id, chapter.project_id, rebase]);

  const toSend = useCallback(() => {
    const now = doing.current;
    const renamed = respelled(now.base, now.parts, now.used, newCommandId);
    if (renamed.size > 0) {
      typed.current?.rename(renamed);
      now.parts = now.parts.map((part) => ({ ...part, id: renamed.get(part.id) ?? part.id }));
    }
    return editsOf(now.base, now.parts).slice(0, MOST_EDITS);
  }, []);

  const saveNow = useCallback(async () => {
    const now = doing.current;
    if (now.busy || clashing) return;
    clearTimeout(timer.current);
    const edits = now.pending?.edits ?? toSend();
    note();
    if (edits.length === 0) {
      setSaving("saved");
      if (now.heard > now.version) await refresh(now.heard).catch(() => undefined);
      return;
    }
    now.busy = true;
    now.since = null;
    now.pending ??= { id: newCommandId(), edits, style_only: isStyleOnly(chapter.id) };
    setSaving("saving");
    let pause: number | null = null;
    try {
      if (now.version === 0) {
        const payload = { project_id: chapter.project_id };
        const opened = await sendChapterCommand({ command_type: "OPEN_CHAPTER", chapter_id: chapter.id, payload });
        now.version = opened.version;
      }
      const { id, style_only } = now.pending;
      const answer = await sendChapterCommand({ command_type: "EDIT_CHAPTER", chapter_id: chapter.id, payload: { edits, style_only } }, id);
      const alone = answer.version === now.version + 1;
      rebase(applied(now.base, edits, answer.version));
      now.pending = null;
      now.heard = Math.max(now.heard, answer.version);
      if (alone) now.version = answer.version; // else others' paragraphs between are read below
      setProblem(null);
      setSavedAt(Date.now());
      const more = note();
      setSaving(more ? "typing" : "saved");
      if (more) pause = PAUSE_MS;
    } catch (error) {
      const said = asProblem(error);
      if (!said.unanswered) now.pending = null;
      if (said.code === "BLOCK_CONFLICT") setClashes(said.blocks);
      else if (said.code === "BLOCK_LOCKED" && (await besideThem().catch(() => false))) pause = PAUSE_MS;
      else if (said.code === "BLOCK_ID_TAKEN" && (await namedAnew().catch(() => false))) pause = PAUSE_MS;
      else setProblem(said);
      setSaving("away");
      if (said.unanswered) pause = AGAIN_MS;
    } finally {
      now.busy = false;
    }
    if (pause !== null) later(pause);
    if (now.pending === null) await refresh(now.heard).catch(() => undefined);
  }, [besideThem, chapter.id, chapter.project_id, clashing, later, namedAnew, note, rebase, refresh, toSend]);

  useEffect(() => {
    save.current = () => void saveNow();
    if (differs(doing.current.base, doing.current.parts) && !clashing) later(PAUSE_MS);
  }, [saveNow, later, clashing]);

  useEffect(() => {
    const leave = () => document.visibilityState === "hidden" && save.current();
    const gone = () => void note();
    document.addEventListener("visibilitychange", leave);
    window.addEventListener("pagehide", gone);
    return () => {
      document.removeEventListener("visibilitychange", leave);
      window.removeEventListener("pagehide", gone);
      clearTimeout(timer.current);
      note();
      save.current();
    };
  }, [note]);

  useMoves(
    useCallback(
      (move: Move | null) => {
        if (move !== null && move.id !== chapter.id) return;
        doing.current.heard = Math.max(doing.current.heard, move?.version ?? 0);
        if (move !== null && move.version <= doing.current.version) return;
        if (!doing.current.busy) void refresh(move?.version ?? 0).catch(() => undefined);
      },
      [chapter.id, refresh],
    ),
  );

  const write = useCallback(
    (parts: readonly Part[]) => {
      const now = doing.current;
      now.parts = parts;
      refuse(false);
      setSaving("typing");
      noting.current ??= setTimeout(note, NOTE_MS);
      now.since ??= Date.now();
      later(Math.max(0, Math.min(PAUSE_MS, now.since + LONGEST_MS - Date.now())));
    },
    [later, note, refuse],
  );

  const choose = useCallback(
    (clash: Clashing, choice: Choice) => {
      const now = doing.current;
      const after = chosen(now.base, now.parts, clash, choice, newCommandId);
      rebase(after.base);
      show(after.parts);
      setSaving(note() ? "typing" : "saved");
      setClashes((before) => before.filter((one) => one.block_id !== clash.block_id));
    },
    [note, rebase, show],
  );

  const takeUp = useCallback(() => {
    const { offer } = draft;
    if (offer === null) return;
    draft.take();
    const { base, parts } = keptIn(offer.text, offer.details, doing.current.base, newCommandId);
    rebase(caughtUp(base, parts, doing.current.base));
    show(parts);
    write(parts);
  }, [draft, rebase, show, write]);

  const attach = useCallback((here: Typed) => {
    typed.current = here;
    return () => {
      typed.current = null;
    };
  }, []);

  return {
    now: useCallback(() => doing.current.parts, []),
    text,
    blocks: stored,
    locks,
    refuse,
    write,
    attach,
    saving,
    savedAt,
    problem,
    clashes,
    choose,
    save: useCallback(() => save.current(), []),
    left: useMemo(() => ({ offer: draft.offer, discard: draft.discard, takeUp }), [draft.offer, draft.discard, takeUp]),
  };
}
