// /projects/:id/chapters/:chapterId/desk — a chapter, and nothing else, to write.
import { ActionIcon } from "@mantine/core";
import { useCallback, useEffect, useMemo, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import type { Chapter } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { useStoredValue } from "@/shared/lib/useStored";
import { Icon, type IconName } from "@/shared/ui/Icon";
import { LengthText } from "@/shared/ui/LengthText";
import { Notice } from "@/shared/ui/Notice";
import { ChapterRail } from "./ChapterRail";
import { Clashes } from "./Clashes";
import { Coming } from "./Coming";
import classes from "./Desk.module.css";
import { DeskKeys } from "./DeskKeys";
import { editorOnPage } from "./editor/places";
import { pattern, type Wanted } from "./find";
import { FindPanel } from "./FindPanel";
import { Goal } from "./Goal";
import { Paper } from "./Paper";
import { LeftWords, SavedText } from "./SavedText";
import { StatusSelect } from "./StatusSelect";
import { useChapter } from "./useChapter";
import { useDeskKeys } from "./useDeskKeys";
import { useManuscript } from "./useManuscript";

export function DeskPage() {
  const { t } = useI18n();
  const { id = "", chapterId = "" } = useParams();
  const found = useChapter(id, chapterId);
  const [finding, setFinding] = useState(false);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [written, setWritten] = useState<Written>({ unsaved: false, moved: "" });
  const { data: chapter } = found;
  return (
    <main className={classes["desk"]}>
      {chapter ? (
        <Desk key={chapterId} chapter={chapter} finding={finding} setFinding={setFinding} wanted={wanted} tell={setWritten} />
      ) : (
        <div className={classes["scroll"]}>
          <Coming inside failed={found.isError} gone={t("chapter.gone")} back={`/projects/${id}`} />
        </div>
      )}
      {finding && (
        <aside className={classes["side"]} aria-label={t("find.title")}>
          <FindPanel projectId={id} language={chapter?.language ?? ""} wanted={setWanted} {...written} />
        </aside>
      )}
    </main>
  );
}

/** What a search of the book has to know of the chapter that is open. */
interface Written {
  unsaved: boolean;
  moved: string;
}

/** How the writer likes it; kept in this browser. */
interface Manner {
  rail: boolean;
  focused: boolean;
  typewriter: boolean;
}

const FIRST: Manner = { rail: false, focused: false, typewriter: false };

interface DeskProps {
  chapter: Chapter;
  finding: boolean;
  setFinding: (finding: boolean) => void;
  wanted: Wanted | null;
  tell: (written: Written) => void;
}

function Desk({ chapter, finding, setFinding, wanted, tell }: DeskProps) {
  const { t, locale } = useI18n();
  const number = new Intl.NumberFormat(locale);
  const go = useNavigate();
  const [facts, setFacts] = useState(chapter);
  const [kept, setManner] = useStoredValue<Manner>("genesis:desk");
  const [help, setHelp] = useState(false);
  const manuscript = useManuscript(chapter, setFacts);
  const { save, saving, savedAt } = manuscript;
  useEffect(() => tell({ unsaved: saving !== "saved", moved: `${savedAt}:${facts.version}` }), [tell, saving, savedAt, facts.version]);
  const manner = kept ?? FIRST;
  const change = (changed: Partial<Manner>) => setManner({ ...manner, ...changed });
  const find = useMemo(() => (finding && wanted ? pattern(wanted) : null), [finding, wanted]);
  const path = `/projects/${chapter.project_id}`;
  const desk = useCallback((id: string) => `${path}/chapters/${id}/desk`, [path]);
  const { previous_id: previous, next_id: next } = facts;
  useDeskKeys(
    useMemo(
      () => ({
        find: () => setFinding(true),
        save,
        help: () => setHelp(true),
        close: () => {
          setFinding(false);
          editorOnPage()?.focus();
        },
        previous: () => previous && void go(desk(previous)),
        next: () => next && void go(desk(next)),
      }),
      [desk, go, next, previous, save, setFinding],
    ),
  );
  useEffect(() => {
    document.title = `${facts.title} · ${facts.project_title}`;
    return () => {
      document.title = "Genesis Studio";
    };
  }, [facts.title, facts.project_title]);
  const target = facts.plan.target_words ?? 0;
  return (
    <>
      <header className={classes["bar"]}>
        <Link to={`${path}/chapters/${chapter.id}`} className={classes["back"]}>
          <Icon name="left" size={16} /> <span>{t("desk.leave")}</span>
        </Link>
        <div className={classes["facts"]}>
          <span data-testid="length">
            <LengthText content={manuscript.text} language={chapter.language} />
            {target > 0 && ` / ${number.format(target)}`}
          </span>
          <Goal projectId={chapter.project_id} chapterId={chapter.id} text={manuscript.text} />
          <SavedText manuscript={manuscript} />
        </div>
        <div className={classes["tools"]}>
          <Tool icon="panel" label={t("desk.rail")} on={manner.rail} act={() => change({ rail: !manner.rail })} controls="chapters" />
          <Tool icon="search" label={t("find.title")} on={finding} act={() => setFinding(!finding)} />
          <Tool icon="focus" label={t("desk.focus")} on={manner.focused} act={() => change({ focused: !manner.focused })} />
          <Tool icon="typewriter" label={t("desk.typewriter")} on={manner.typewriter} act={() => change({ typewriter: !manner.typewriter })} />
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("keys.title")} title={t("keys.title")} onClick={() => setHelp(true)}>
            ?
          </ActionIcon>
        </div>
      </header>
      {manner.rail && <ChapterRail projectId={chapter.project_id} chosen={() => window.innerWidth < 800 && change({ rail: false })} />}
      <div className={classes["scroll"]} data-scrolls>
        <article className={classes["column"]}>
          <h1 dir="auto" lang={chapter.language} data-testid="chapter-title">
            {facts.title}
          </h1>
          {facts.removed && <Notice tone="warning">{t("chapter.removed")}</Notice>}
          <LeftWords manuscript={manuscript} />
          <Clashes clashes={manuscript.clashes} choose={manuscript.choose} />
          <Paper manuscript={manuscript} language={chapter.language} alone focused={manner.focused} typewriter={manner.typewriter} find={find} />
          <nav className={classes["foot"]} aria-label={t("desk.beside")}>
            {previous ? <Link to={desk(previous)}>{t("chapter.previous")}</Link> : <span />}
            <StatusSelect facts={facts} changed={setFacts} />
            {next ? <Link to={desk(next)}>{t("chapter.next")}</Link> : <span />}
          </nav>
        </article>
      </div>
      <DeskKeys opened={help} close={() => setHelp(false)} />
    </>
  );
}

interface ToolProps {
  icon: IconName;
  label: string;
  on: boolean;
  act: () => void;
  controls?: string;
}

function Tool({ icon, label, on, act, controls }: ToolProps) {
  return (
    <ActionIcon variant={on ? "light" : "subtle"} color={on ? undefined : "gray"} size="lg" aria-label={label} title={label} aria-pressed={on} aria-controls={on ? controls : undefined} onClick={act}>
      <Icon name={icon} />
    </ActionIcon>
  );
}
