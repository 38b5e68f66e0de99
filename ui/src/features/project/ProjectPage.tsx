// /projects/:id — a book that is being written: its contents, to order by hand.
import { Button, CloseButton, Group, SegmentedControl, VisuallyHidden } from "@mantine/core";
import { useEffect, useState } from "react";
import { Link, useParams } from "react-router";
import type { ContentsEntry, Project } from "@/shared/api/types";
import { DownloadMenu } from "@/shared/download/DownloadMenu";
import { fetchBook } from "@/shared/download/files";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { useWordsText } from "@/shared/projects/useWordsText";
import { Icon } from "@/shared/ui/Icon";
import { Notice } from "@/shared/ui/Notice";
import { AddEntry } from "./AddEntry";
import { CheckPanel } from "./CheckPanel";
import { StalePanel } from "./StalePanel";
import { Coming } from "./Coming";
import { Corkboard } from "./Corkboard";
import { EntryRow } from "./EntryRow";
import { MatterForm } from "./MatterForm";
import { PublishPanel } from "./PublishPanel";
import { Findings } from "./Findings";
import { FindPanel } from "./FindPanel";
import { IdeasPanel } from "./IdeasPanel";
import classes from "./Project.module.css";
import { ProposedPanel } from "./ProposedPanel";
import { StylePanel } from "./StylePanel";
import { TitleForm } from "./TitleForm";
import { useContents, type Contents } from "./useContents";

export function ProjectPage() {
  const { t } = useI18n();
  const { id = "" } = useParams();
  const contents = useContents(id);
  const { project, failed } = contents;
  useEffect(() => {
    document.title = project ? `${project.title} · Genesis Studio` : "Genesis Studio";
    return () => {
      document.title = "Genesis Studio";
    };
  }, [project]);
  if (!project) return <Coming failed={failed} gone={t("project.gone")} back="/" />;
  return <Outline project={project} contents={contents} />;
}

function Outline({ project, contents }: { project: Project; contents: Contents }) {
  const { t, locale } = useI18n();
  const say = useProblemText();
  const [gone, setGone] = useState<ContentsEntry | null>(null);
  const [spoken, setSpoken] = useState("");
  const [publishing, setPublishing] = useState(false);
  const [finding, setFinding] = useState(false);
  const [view, setView] = useState<"outline" | "cards">("outline");
  const { give, problem, dismiss } = contents;
  const chapters = project.contents.filter(({ kind }) => kind === "chapter").length;
  const number = new Intl.NumberFormat(locale);
  const length = useWordsText();
  const remove = async (entry: ContentsEntry) => {
    if (await give({ command_type: "REMOVE_ENTRY", payload: { entry_id: entry.id } })) setGone(entry);
  };
  const restore = async (entry_id: string) => {
    if (await give({ command_type: "RESTORE_ENTRY", payload: { entry_id } })) setGone(null);
  };
  return (
    <main className={classes["project"]}>
      <nav className={classes["crumbs"]} aria-label={t("app.nav")}>
        <Link to="/" className={classes["crumb"]}>
          <Icon name="left" size={16} /> {t("app.back")}
        </Link>
        {project.novel_id && <Link to={`/novels/${project.novel_id}`}>{t("project.plan")}</Link>}
      </nav>
      <ProjectTitle project={project} contents={contents} />
      {project.logline && (
        <p className={classes["logline"]} lang={project.language} dir="auto">
          {project.logline}
        </p>
      )}
      <p className={classes["facts"]}>
        {t(chapters === 1 ? "project.chapters.one" : "project.chapters", { n: number.format(chapters) })} ·{" "}
        {length(project.language, project.words)}
      </p>
      {problem && (
        <Notice tone="danger" alert action={<CloseButton size="sm" aria-label={t("app.close")} onClick={dismiss} />}>
          {say(problem)}
        </Notice>
      )}
      {gone && project.removed.some(({ id }) => id === gone.id) && (
        <Notice
          tone="calm"
          action={
            <Button size="xs" variant="light" data-testid="undo" onClick={() => void restore(gone.id)}>
              {t("project.undo")}
            </Button>
          }
        >
          <span role="status">{t("project.removed", { title: gone.title })}</span>
        </Notice>
      )}
      <IdeasPanel project={project} />
      <h2 id="contents">{t("project.contents")}</h2>
      <VisuallyHidden id="row-keys">{t("project.keys")}</VisuallyHidden>
      <VisuallyHidden role="status">{spoken}</VisuallyHidden>
      {project.contents.length === 0 && <p className={classes["empty"]}>{t("project.empty")}</p>}
      {chapters > 0 && (
        <SegmentedControl
          size="xs"
          mb="sm"
          aria-label={t("board.view")}
          value={view}
          onChange={(chosen) => setView(chosen)}
          data={[
            { value: "outline", label: t("board.outline") },
            { value: "cards", label: t("board.cards") },
          ]}
        />
      )}
      {view === "cards" && chapters > 0 ? (
        <Corkboard project={project} contents={contents} say={setSpoken} />
      ) : (
        <ol className={classes["outline"]} aria-labelledby="contents" aria-describedby="row-keys" data-testid="outline">
          {project.contents.map((entry) => (
            <EntryRow key={entry.id} project={project} entry={entry} contents={contents} remove={remove} say={setSpoken} />
          ))}
        </ol>
      )}
      <AddEntry project={project} contents={contents} />
      <ProposedPanel project={project} contents={contents} />
      <StylePanel project={project} contents={contents} />
      <details className={classes["plan"]} data-testid="find-book" onToggle={(event) => setFinding(event.currentTarget.open)}>
        <summary>{t("find.book")}</summary>
        {finding && <FindPanel projectId={project.id} language={project.language} moved={project.version} />}
      </details>
      {contents.report && <Findings report={contents.report} contents={contents} />}
      <StalePanel projectId={project.id} language={project.language} />
      <CheckPanel project={project} contents={contents} />
      <h2>{t("publish.title")}</h2>
      <details className={classes["plan"]} data-testid="matter">
        <summary>{t("publish.matter")}</summary>
        <MatterForm project={project} contents={contents} />
      </details>
      <details className={classes["plan"]} data-testid="publish" onToggle={(event) => setPublishing(event.currentTarget.open)}>
        <summary>{t("publish.open")}</summary>
        {publishing && <PublishPanel project={project} />}
      </details>
      {project.removed.length > 0 && (
        <details className={classes["plan"]}>
          <summary>{t("project.removed.title", { n: project.removed.length })}</summary>
          <ul className={classes["bin"]}>
            {project.removed.map((entry) => (
              <li key={entry.id}>
                <bdi>{entry.title}</bdi>
                <Button size="compact-xs" variant="light" onClick={() => void restore(entry.id)}>
                  {t("project.restore")}
                </Button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </main>
  );
}

function ProjectTitle({ project, contents }: { project: Project; contents: Contents }) {
  const { t } = useI18n();
  const [renaming, setRenaming] = useState(false);
  if (renaming) {
    const save = async (title: string) => {
      if (await contents.give({ command_type: "RENAME_PROJECT", payload: { title } })) setRenaming(false);
    };
    return <TitleForm title={project.title} save={save} cancel={() => setRenaming(false)} busy={contents.busy} />;
  }
  return (
    <div className={classes["titleLine"]}>
      <h1 dir="auto" data-testid="project-title">
        {project.title}
      </h1>
      <Group gap="xs" wrap="nowrap">
        <Button size="compact-sm" variant="subtle" color="gray" leftSection={<Icon name="edit" size={14} />} onClick={() => setRenaming(true)}>
          {t("project.rename")}
        </Button>
        <DownloadMenu
          name="book"
          label={t("book.download")}
          about={t("book.whatItIs")}
          failed={t("book.failed")}
          nothing={project.words === 0 ? t("book.nothing") : null}
          fetchFile={(format) => fetchBook(project.id, null, format)}
        />
      </Group>
    </div>
  );
}
