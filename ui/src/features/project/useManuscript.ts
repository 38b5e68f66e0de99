// The text of an open chapter: typed here, kept in this browser at once, saved after a pause, joined with what others save.
import { useCallback, useEffect, useRef, useState } from "react";
import { newCommandId } from "@/shared/api/client";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { Chapter, Edit } from "@/shared/api/types";
import type { Worth } from "@/shared/lib/drafts";
import { useDraft, type Draft } from "@/shared/lib/useDraft";
import { readChapter, sendChapterCommand, useMoves, type Move } from "@/shared/projects/projects";
import { besideLocked, breaks, withLocks } from "./locks";
import { isStyleOnly } from "./styleOnly";
import { useLocks, type Locks } from "./useLocks";
import { applied, chosen, differs, editsOf, joined, matched, MOST_EDITS, placeIn, type Choice, type Known } from "./blocks";

const PAUSE_MS = 1_000;
/** Who types on without a pause is saved all the same. */
const LONGEST_MS = 5_000;
const AGAIN_MS = 4_000;

export type Saving = "saved" | "typing" | "saving" | "away";
export type Clashing = Problem["blocks"][number];

export interface Manuscript {
  text: string;
  write: (text: string, caret: number) => void;
  moveCaret: (caret: number) => void;
  /** Where the caret goes after a text that came from elsewhere or was refused (null: it stays); a new object each time. */
  placed: { caret: number | null };
  /** The paragraphs as they are stored. */
  blocks: readonly Known[];
  locks: Locks;
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

const LEFT_MS = 20_000;

/** What another tab is typing just now it will save itself. */
const isLeft: Worth = ({ text, at }) => text !== "" && Date.now() - at > LEFT_MS;

interface Doing {
  base: readonly Known[];
  text: string;
  caret: number;
  /** The last version of the chapter that this tab has all of, and the newest that it has heard of. */
  version: number;
  heard: number;
  busy: boolean;
  /** Sent and not answered: it goes again as it was. */
  pending: { id: string; edits: Edit[]; style_only: boolean } | null;
  since: number | null;
}

function begun(chapter: Chapter, text: string, details: string): Doing {
  const kept = text === "" ? null : baseIn(details);
  const base = kept ?? chapter.blocks;
  return {
    base,
    text: kept === null ? joined(base) : text,
    caret: 0,
    version: chapter.version,
    heard: chapter.version,
    busy: false,
    pending: null,
    since: null,
  };
}

function baseIn(details: string): Known[] | null {
  try {
    const said = JSON.parse(details) as { base?: Known[] };
    return Array.isArray(said.base) ? said.base : null;
  } catch {
    return null;
  }
}

export function useManuscript(chapter: Chapter, changed: (found: Chapter) => void): Manuscript {
  const draft = useDraft(`genesis:chapter:${chapter.id}:text`, isLeft);
  const { write: keep } = draft;
  const [first] = useState(() => begun(chapter, draft.text, draft.details));
  const doing = useRef(first);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [shown, setShown] = useState({ text: first.text, caret: null as number | null });
  const [saving, setSaving] = useState<Saving>(() => (differs(first.base, first.text) ? "typing" : "saved"));
  const [savedAt, setSavedAt] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [clashes, setClashes] = useState<readonly Clashing[]>([]);
  const [stored, setStored] = useState(first.base);
  const clashing = clashes.length > 0;
  const save = useRef<() => void>(() => undefined);

  const rebase = useCallback((base: readonly Known[]) => {
    doing.current.base = base;
    setStored(base);
  }, []);

  const later = useCallback((pause: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => save.current(), pause);
  }, []);

  /** What is not saved is kept in this browser, with what it is based on. */
  const note = useCallback(() => {
    const now = doing.current;
    const unsaved = differs(now.base, now.text);
    keep(unsaved ? now.text : "", unsaved ? JSON.stringify({ base: now.base }) : "");
    return unsaved;
  }, [keep]);

  const show = useCallback((text: string, caret: number | null) => {
    doing.current.text = text;
    if (caret !== null) doing.current.caret = caret;
    setShown({ text, caret });
  }, []);

  const refresh = useCallback(
    async (version: number) => {
      const found = await readChapter(chapter.project_id, chapter.id, version);
      changed(found);
      const now = doing.current;
      if (now.busy || found.version <= now.version) return;
      if (differs(now.base, now.text)) {
        // it is saved first: others' paragraphs and these do not conflict
        rebase(withLocks(now.base, found.blocks));
        return;
      }
      const caret = placeIn(now.base, now.text, now.caret, found.blocks);
      rebase(found.blocks);
      doing.current = { ...doing.current, version: found.version, heard: Math.max(now.heard, found.version) };
      show(joined(found.blocks), caret);
    },
    [chapter.id, chapter.project_id, changed, rebase, show],
  );

  const { refuse, ...locks } = useLocks(chapter.id, refresh, setProblem);

  /** Whether there is something to send after a paragraph was locked elsewhere. */
  const besideThem = useCallback(async () => {
    const found = await readChapter(chapter.project_id, chapter.id);
    const after = besideLocked(doing.current.base, doing.current.text, found.blocks);
    if (after === null) return false;
    rebase(after.base);
    show(after.text, null);
    note();
    refuse(true);
    return true;
  }, [chapter.id, chapter.project_id, note, rebase, refuse, show]);

  const saveNow = useCallback(async () => {
    const now = doing.current;
    if (now.busy || clashing) return;
    clearTimeout(timer.current);
    const edits = now.pending?.edits ?? editsOf(now.base, matched(now.base, now.text), newCommandId).slice(0, MOST_EDITS);
    if (edits.length === 0) {
      note();
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
      else setProblem(said);
      setSaving("away");
      if (said.unanswered) pause = AGAIN_MS;
    } finally {
      now.busy = false;
    }
    if (pause !== null) later(pause);
    if (now.pending === null) await refresh(now.heard).catch(() => undefined);
  }, [besideThem, chapter.id, chapter.project_id, clashing, later, note, rebase, refresh]);

  useEffect(() => {
    save.current = () => void saveNow();
    if (differs(doing.current.base, doing.current.text) && !clashing) later(PAUSE_MS);
  }, [saveNow, later, clashing]);

  useEffect(() => {
    const leave = () => document.visibilityState === "hidden" && save.current();
    document.addEventListener("visibilitychange", leave);
    return () => {
      document.removeEventListener("visibilitychange", leave);
      clearTimeout(timer.current);
      save.current();
    };
  }, []);

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
    (text: string, caret: number) => {
      const now = doing.current;
      if (breaks(now.base, now.text, text)) {
        refuse(true);
        show(now.text, now.caret);
        return;
      }
      refuse(false);
      now.caret = caret;
      show(text, null);
      note();
      setSaving("typing");
      now.since ??= Date.now();
      later(Math.max(0, Math.min(PAUSE_MS, now.since + LONGEST_MS - Date.now())));
    },
    [later, note, refuse, show],
  );

  const choose = useCallback(
    (clash: Clashing, choice: Choice) => {
      const now = doing.current;
      const after = chosen(now.base, now.text, clash, choice);
      rebase(after.base);
      show(after.text, null);
      setSaving(note() ? "typing" : "saved");
      setClashes((before) => before.filter((one) => one.block_id !== clash.block_id));
    },
    [note, rebase, show],
  );

  const takeUp = useCallback(() => {
    const { offer } = draft;
    if (offer === null) return;
    draft.take();
    const base = baseIn(offer.details);
    if (base !== null) rebase(base);
    write(offer.text, offer.text.length);
  }, [draft, rebase, write]);

  return {
    text: shown.text,
    placed: shown,
    blocks: stored,
    locks,
    write,
    moveCaret: useCallback((caret: number) => void (doing.current.caret = caret), []),
    saving,
    savedAt,
    problem,
    clashes,
    choose,
    save: useCallback(() => save.current(), []),
    left: { offer: draft.offer, discard: draft.discard, takeUp },
  };
}
