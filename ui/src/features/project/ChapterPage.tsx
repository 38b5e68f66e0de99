// /projects/:id/chapters/:chapterId — a chapter, to write.
import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { Link, useParams } from "react-router";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { Chapter, ChapterStatus } from "@/shared/api/types";
import { DownloadMenu } from "@/shared/download/DownloadMenu";
import { fetchBook } from "@/shared/download/files";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { clock } from "@/shared/lib/time";
import { readChapter, sendChapterCommand } from "@/shared/projects/projects";
import { Icon } from "@/shared/ui/Icon";
import { LengthText } from "@/shared/ui/LengthText";
import { Notice } from "@/shared/ui/Notice";
import { Clashes } from "./Clashes";
import { Coming } from "./Coming";
import { DraftPanel } from "./DraftPanel";
import { Paper } from "./Paper";
import { PlanView } from "./PlanView";
import { ProsePanel } from "./ProsePanel";
import { RewritePanel, StyleOnly } from "./RewritePanel";
import { ChapterStale } from "./StalePanel";
import classes from "./Project.module.css";
import { STATUSES } from "./statuses";
import { useManuscript, type Manuscript } from "./useManuscript";

export function ChapterPage() {
  const { t } = useI18n();
  const { id = "", chapterId = "" } = useParams();
  const found = useQuery({
    queryKey: ["chapter", id, chapterId],
    queryFn: () => readChapter(id, chapterId),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  if (found.data) return <Desk key={chapterId} chapter={found.data} />;
  return <Coming failed={found.isError} gone={t("chapter.gone")} back={`/projects/${id}`} />;
}

function Desk({ chapter }: { chapter: Chapter }) {
  const { t, locale } = useI18n();
  const number = new Intl.NumberFormat(locale);
  // how far it is, and its place in the contents, as they were last read
  const [facts, setFacts] = useState(chapter);
  const manuscript = useManuscript(chapter, setFacts);
  useEffect(() => {
    document.title = `${facts.title} · ${facts.project_title}`;
    return () => {
      document.title = "Genesis Studio";
    };
  }, [facts.title, facts.project_title]);
  const path = `/projects/${chapter.project_id}`;
  return (
    <main className={classes["desk"]}>
      <nav className={classes["crumbs"]} aria-label={t("project.contents")}>
        <Link to={path} className={classes["crumb"]}>
          <Icon name="left" size={16} /> <bdi>{facts.project_title}</bdi>
        </Link>
        <span className={classes["beside"]}>
          {facts.previous_id && <Link to={`${path}/chapters/${facts.previous_id}`}>{t("chapter.previous")}</Link>}
          {facts.next_id && <Link to={`${path}/chapters/${facts.next_id}`}>{t("chapter.next")}</Link>}
        </span>
      </nav>
      <h1 dir="auto" data-testid="chapter-title">
        {facts.title}
      </h1>
      <div className={classes["facts"]}>
        <StatusSelect facts={facts} changed={setFacts} />
        <span>
          <LengthText content={manuscript.text} />
          {(facts.plan.target_words ?? 0) > 0 && ` / ${number.format(facts.plan.target_words ?? 0)}`}
        </span>
        <SavedText manuscript={manuscript} />
        {!facts.removed && <ChapterFile facts={facts} manuscript={manuscript} />}
      </div>
      {facts.removed && <Notice tone="warning">{t("chapter.removed")}</Notice>}
      <LeftWords manuscript={manuscript} />
      <Clashes clashes={manuscript.clashes} choose={manuscript.choose} />
      <PlanView facts={facts} changed={setFacts} />
      <ChapterStale facts={facts} changed={setFacts} />
      <DraftPanel facts={facts} changed={setFacts} />
      <RewritePanel facts={facts} saved={manuscript.saving === "saved"} changed={setFacts} />
      <ProsePanel facts={facts} />
      <StyleOnly chapterId={facts.id} saved={manuscript.saving === "saved"} />
      <Paper manuscript={manuscript} language={chapter.language} named={chapter.blocks} />
    </main>
  );
}

function ChapterFile({ facts, manuscript }: { facts: Chapter; manuscript: Manuscript }) {
  const { t } = useI18n();
  const unsaved = manuscript.saving === "saved" ? null : t("book.chapter.unsaved");
  return (
    <DownloadMenu
      name="chapter"
      label={t("book.chapter.download")}
      about={t("book.chapter.whatItIs")}
      failed={t("book.chapter.failed")}
      nothing={manuscript.text.trim() === "" ? t("book.chapter.nothing") : unsaved}
      fetchFile={(format) => fetchBook(facts.project_id, facts.id, format)}
    />
  );
}

function SavedText({ manuscript }: { manuscript: Manuscript }) {
  const { t, locale } = useI18n();
  const say = useProblemText();
  const { saving, savedAt, problem } = manuscript;
  const time = savedAt === null ? null : clock(new Date(savedAt).toISOString(), locale);
  const said = { saved: time ? t("chapter.saved", { time }) : "", typing: t("chapter.typing"), saving: t("chapter.saving"), away: t("chapter.away") };
  return (
    <span className={classes["saved"]} data-state={saving} data-testid="saved" role="status">
      {said[saving]}
      {saving === "away" && problem && (
        <>
          {" "}
          {say(problem)}{" "}
          <Button size="compact-xs" variant="light" onClick={manuscript.save}>
            {t("problem.again")}
          </Button>
        </>
      )}
    </span>
  );
}

function LeftWords({ manuscript }: { manuscript: Manuscript }) {
  const { t } = useI18n();
  const { offer, takeUp, discard } = manuscript.left;
  if (offer === null) return null;
  const action = (
    <>
      <Button size="xs" variant="light" onClick={takeUp}>
        {t("chapter.left.take")}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={discard}>
        {t("chapter.left.discard")}
      </Button>
    </>
  );
  return (
    <Notice tone="warning" title={t("chapter.left")} action={action}>
      <q dir="auto">{offer.text.slice(0, 160)}</q>
    </Notice>
  );
}

function StatusSelect({ facts, changed }: { facts: Chapter; changed: (found: Chapter) => void }) {
  const { t } = useI18n();
  const say = useProblemText();
  const [problem, setProblem] = useState<Problem | null>(null);
  const choose = useCallback(
    async (status: ChapterStatus) => {
      const { id, project_id } = facts;
      try {
        if (facts.version === 0) await sendChapterCommand({ command_type: "OPEN_CHAPTER", chapter_id: id, payload: { project_id } });
        const answer = await sendChapterCommand({ command_type: "SET_CHAPTER_STATUS", chapter_id: id, payload: { status } });
        changed(await readChapter(project_id, id, answer.version));
        setProblem(null);
      } catch (error) {
        setProblem(asProblem(error));
      }
    },
    [facts, changed],
  );
  return (
    <NativeSelect
      size="xs"
      aria-label={t("chapter.status")}
      value={facts.status}
      error={problem && say(problem)}
      onChange={(event) => void choose(event.currentTarget.value as ChapterStatus)}
      data={STATUSES.map((status) => ({ value: status, label: t(`chapter.status.${status}`) }))}
    />
  );
}
