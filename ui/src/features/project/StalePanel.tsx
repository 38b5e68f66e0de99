// Chapters that rest on something that has changed: what it said and says now, "fine as it is", and the way to catch up.
import { Button, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState, type FormEvent } from "react";
import { Link } from "react-router";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { Chapter, SourceChange, StaleChapter } from "@/shared/api/types";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import type { Key } from "@/shared/i18n/en";
import { readChapter, readStale, sendChapterCommand, useMoves } from "@/shared/projects/projects";
import { Notice } from "@/shared/ui/Notice";
import classes from "./Check.module.css";
import { DraftPrice } from "./DraftPrice";

const SHOWN = 5;
const LEAST_WORDS = 100;
const MOST_WORDS = 20_000;
const USUAL_WORDS = 1_500;
const LONGEST_WISH = 3_900;

const SOON_MS = 1_000;
const LATEST_MS = 15_000;
/** Of the time, a long book's comparison takes an eighth at most, however often somebody's typing is saved. */
const SHARE = 8;

/** Read again soon after a chapter or the project has moved. */
function useStale(projectId: string) {
  const cache = useQueryClient();
  const took = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const again = useCallback(() => cache.invalidateQueries({ queryKey: ["stale", projectId] }), [cache, projectId]);
  const read = useCallback(async () => {
    const began = performance.now();
    const found = await readStale(projectId);
    took.current = performance.now() - began;
    return found;
  }, [projectId]);
  const found = useQuery({ queryKey: ["stale", projectId], queryFn: read, staleTime: 0 });
  useEffect(() => () => clearTimeout(timer.current), []);
  useMoves(
    useCallback(() => {
      timer.current ??= setTimeout(
        () => {
          timer.current = undefined;
          void again();
        },
        Math.min(LATEST_MS, Math.max(SOON_MS, SHARE * took.current)),
      );
    }, [again]),
  );
  return { chapters: found.data?.chapters ?? [], again };
}

export function StalePanel({ projectId, language }: { projectId: string; language: string }) {
  const { t } = useI18n();
  const { chapters, again } = useStale(projectId);
  if (chapters.length === 0) return null;
  return (
    <section className={classes["check"]} aria-labelledby="stale" data-testid="stale">
      <h2 id="stale">{t("stale.title")}</h2>
      <p className={classes["about"]}>{t("stale.about")}</p>
      <ol className={classes["findings"]}>
        {chapters.map((chapter) => (
          <li key={chapter.id} data-testid="stale-chapter">
            <h3 className={classes["kind"]}>
              <Link to={`/projects/${projectId}/chapters/${chapter.id}`}>
                <bdi>{`${chapter.number}. ${chapter.title}`}</bdi>
              </Link>
            </h3>
            <Changes chapter={chapter} language={language} />
            <Fine chapter={chapter} done={again} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The same of one chapter, on its own page, with a draft of it as it would be written now. */
export function ChapterStale({ facts, changed }: { facts: Chapter; changed: (found: Chapter) => void }) {
  const { t } = useI18n();
  const { chapters, again } = useStale(facts.project_id);
  const chapter = chapters.find(({ id }) => id === facts.id);
  if (chapter === undefined || facts.removed) return null;
  return (
    <section className={classes["check"]} aria-label={t("stale.title")} data-testid="stale">
      <Notice tone="warning">{t("stale.chapter")}</Notice>
      <Changes chapter={chapter} language={facts.language} />
      <Fine chapter={chapter} done={again} />
      <CatchUp chapter={chapter} facts={facts} changed={changed} />
    </section>
  );
}

function Changes({ chapter, language }: { chapter: StaleChapter; language: string }) {
  const { t, locale } = useI18n();
  const left = chapter.changes.length - SHOWN;
  return (
    <>
      {chapter.changes.slice(0, SHOWN).map((change) => (
        <Changed key={change.id} change={change} own={change.chapter_id === chapter.id} language={language} />
      ))}
      {left > 0 && <p className={classes["about"]}>{t(left === 1 ? "stale.more.one" : "stale.more", { n: new Intl.NumberFormat(locale).format(left) })}</p>}
    </>
  );
}

/** `own`: it is the chapter itself, which is named above, whose plan has changed. */
function Changed({ change, own, language }: { change: SourceChange; own: boolean; language: string }) {
  const { t } = useI18n();
  const what = useWhat()(change);
  return (
    <>
      <h4 className={classes["told"]} data-kind={change.kind}>
        {change.chapter_title && !own ? t("stale.of", { what, chapter: change.chapter_title }) : what}
      </h4>
      <div className={classes["sides"]}>
        <Side label={t("stale.before")} text={change.old} language={language} />
        <Side label={t("stale.now")} text={change.new} language={language} empty={t("stale.gone")} />
      </div>
      {change.resting.map((one) => (
        <p key={one.block_id + one.sentence} className={classes["about"]}>
          {t("stale.resting")}{" "}
          <q dir="auto" lang={language}>
            {one.sentence}
          </q>
        </p>
      ))}
    </>
  );
}

/** What has changed, in words; fields of plans and of the style as their forms call them. */
function useWhat() {
  const { t } = useI18n();
  return ({ kind, ref }: SourceChange) => {
    if (kind === "fact") return t("stale.kind.fact", { person: ref.split("/")[1] ?? "" });
    if (kind === "plan") return t("stale.kind.plan", { ref: PLAN_FIELDS.has(ref) ? t(`plan.${ref}` as Key) : ref });
    return t(`stale.kind.${kind}`, { ref: ref.split("/").at(-1) ?? "" });
  };
}

const PLAN_FIELDS = new Set(["purpose", "summary", "point_of_view", "place", "time", "who", "goal", "conflict", "turning_point", "outcome", "hook", "plants", "pays", "tension"]);

function Side({ label, text, language, empty = "" }: { label: string; text: string; language: string; empty?: string }) {
  return (
    <figure className={classes["side"]}>
      <figcaption>{label}</figcaption>
      {text === "" ? <p className={classes["about"]}>{empty}</p> : <blockquote dir="auto" lang={language}>{text}</blockquote>}
    </figure>
  );
}

/** Leaves the chapter as it is, with all of these changes. */
function Fine({ chapter, done }: { chapter: StaleChapter; done: () => Promise<void> }) {
  const { t } = useI18n();
  const say = useProblemText();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const payload = { change_ids: chapter.changes.map(({ id }) => id), reason };
      await sendChapterCommand({ command_type: "ACKNOWLEDGE_CHANGES", chapter_id: chapter.id, payload });
      await done();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  if (!asking) {
    return (
      <Button size="xs" variant="light" onClick={() => setAsking(true)} data-testid="stale-fine">
        {t("stale.fine")}
      </Button>
    );
  }
  return (
    <form className={classes["waive"]} onSubmit={(event) => void send(event)}>
      <TextInput size="xs" label={t("stale.reason")} value={reason} maxLength={500} error={problem && say(problem)} onChange={({ currentTarget }) => setReason(currentTarget.value)} />
      <Button size="xs" type="submit" disabled={busy} data-testid="stale-keep">
        {t("stale.keep")}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={() => setAsking(false)}>
        {t("app.cancel")}
      </Button>
    </form>
  );
}

/** A new draft of the chapter, told what has changed, with its price; nothing is replaced before it is accepted. */
function CatchUp({ chapter, facts, changed }: { chapter: StaleChapter; facts: Chapter; changed: (found: Chapter) => void }) {
  const { t } = useI18n();
  const say = useProblemText();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const writing = facts.draft?.status === "writing";
  const words = Math.min(Math.max(facts.plan.target_words || facts.words || USUAL_WORDS, LEAST_WORDS), MOST_WORDS);
  const told = chapter.changes.map((one) => `- ${one.old} → ${one.new || t("stale.gone")}`);
  const instructions = [t("stale.wish"), ...told].join("\n").slice(0, LONGEST_WISH);
  const ask = async () => {
    setBusy(true);
    try {
      const payload = { project_id: facts.project_id, instructions, target_words: words, writer: null, go_on: false, anew: true, critique: false };
      const answer = await sendChapterCommand({ command_type: "DRAFT_CHAPTER", chapter_id: facts.id, payload });
      changed(await readChapter(facts.project_id, facts.id, answer.version));
      setProblem(null);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <details className={classes["catchUp"]} onToggle={({ currentTarget }) => setOpen(currentTarget.open)} data-testid="catch-up">
      <summary>{t("stale.catchUp")}</summary>
      <p className={classes["about"]}>{t("stale.propose.how")}</p>
      {open && <DraftPrice facts={facts} words={words} writer={null} />}
      {problem && (
        <Notice tone="danger" alert>
          {say(problem)}
        </Notice>
      )}
      <Button size="sm" loading={busy} disabled={writing} onClick={() => void ask()} data-testid="stale-propose">
        {writing ? t("stale.busy") : t("stale.propose")}
      </Button>
    </details>
  );
}
