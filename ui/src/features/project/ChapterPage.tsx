// /projects/:id/chapters/:chapterId — a chapter, to write.
import { useEffect, useState } from "react";
import { Link, useParams } from "react-router";
import type { Chapter } from "@/shared/api/types";
import { DownloadMenu } from "@/shared/download/DownloadMenu";
import { fetchBook } from "@/shared/download/files";
import { useI18n } from "@/shared/i18n/i18n";
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
import { SavedText, LeftWords } from "./SavedText";
import { StatusSelect } from "./StatusSelect";
import { useChapter } from "./useChapter";
import { useManuscript, type Manuscript } from "./useManuscript";

export function ChapterPage() {
  const { t } = useI18n();
  const { id = "", chapterId = "" } = useParams();
  const found = useChapter(id, chapterId);
  if (found.data) return <Written key={chapterId} chapter={found.data} />;
  return <Coming failed={found.isError} gone={t("chapter.gone")} back={`/projects/${id}`} />;
}

function Written({ chapter }: { chapter: Chapter }) {
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
          <LengthText content={manuscript.text} language={chapter.language} />
          {(facts.plan.target_words ?? 0) > 0 && ` / ${number.format(facts.plan.target_words ?? 0)}`}
        </span>
        <SavedText manuscript={manuscript} />
        {!facts.removed && <ChapterFile facts={facts} manuscript={manuscript} />}
        <Link to={`${path}/chapters/${chapter.id}/desk`} data-testid="to-desk">
          {t("desk.open")}
        </Link>
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
      <Paper manuscript={manuscript} language={chapter.language} />
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
