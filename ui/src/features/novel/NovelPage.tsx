// /novels/:id — the book that a session became, to read.
import { Button, Center, Loader, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { ask, client } from "@/shared/api/client";
import { STAGES, type Novel, type WorkStage } from "@/shared/api/types";
import { FieldsView } from "@/shared/content/DocumentView";
import { StageFigure } from "@/shared/content/figures/StageFigure";
import { NamesContext } from "@/shared/content/fieldTools";
import { SHAPES, TITLE_FIELD } from "@/shared/content/shapes";
import { asItems, asText, namesIn } from "@/shared/content/values";
import { useI18n } from "@/shared/i18n/i18n";
import { useKeys } from "@/shared/lib/keys";
import { moment } from "@/shared/lib/time";
import { BookButton } from "@/shared/projects/BookButton";
import { Disclosures } from "@/shared/provenance/Disclosures";
import { OriginsButton } from "@/shared/provenance/OriginsButton";
import { Legend } from "@/shared/provenance/Shares";
import { ProvenanceText } from "@/shared/provenance/ProvenanceText";
import { useOriginsShown } from "@/shared/provenance/useOriginsShown";
import { Icon } from "@/shared/ui/Icon";
import { LengthText } from "@/shared/ui/LengthText";
import classes from "./NovelPage.module.css";

export function NovelPage() {
  const { t } = useI18n();
  const { id = "" } = useParams();
  const [search] = useSearchParams();
  const version = Number(search.get("from")) || 0;
  const found = useQuery({
    queryKey: ["novel", id],
    queryFn: () =>
      ask<Novel>(
        client.GET("/api/v1/novels/{novel_id}", { params: { path: { novel_id: id }, query: { min_version: version } } }),
      ),
  });
  if (found.data) return <Book novel={found.data} />;
  return (
    <Center mih="50vh" component="main">
      <Stack align="center">
        {found.isError ? <Text role="alert">{t("novel.gone")}</Text> : <Loader type="dots" />}
        {found.isError ? (
          <Button component={Link} to="/" variant="light">
            {t("app.back")}
          </Button>
        ) : (
          <Text c="dimmed">{t("novel.soon")}</Text>
        )}
      </Stack>
    </Center>
  );
}

function Book({ novel }: { novel: Novel }) {
  const { t, locale } = useI18n();
  const names = useMemo(() => namesIn(Object.values(novel.content)), [novel]);
  useEffect(() => {
    document.title = `${novel.title} · Genesis Studio`;
    return () => {
      document.title = "Genesis Studio";
    };
  }, [novel.title]);
  const [origins, toggle] = useOriginsShown();
  useKeys(useMemo(() => ({ origins: toggle }), [toggle]));
  const concept = novel.content["CONCEPT_SELECTION"] ?? {};
  const stages = STAGES.filter((stage) => novel.content[stage]);
  return (
    <NamesContext value={names}>
      <div className={classes["book"]}>
        <aside className={classes["contents"]}>
          <Contents novel={novel} stages={stages} />
        </aside>
        <main className={classes["text"]} lang={novel.language}>
          <header className={classes["cover"]}>
            <h1 data-testid="novel-title" dir="auto">
              {novel.title}
            </h1>
            <p className={classes["logline"]} dir="auto">
              {asText(concept["logline"])}
            </p>
            <p className={classes["facts"]}>
              {t("novel.finished", { when: moment(novel.finished_at, locale) })} · <LengthText content={novel.content} />
            </p>
            <div className={classes["begin"]}>
              <BookButton sessionId={novel.session_id} />
            </div>
            <div className={classes["origins"]}>
              <OriginsButton shown={origins} why={null} toggle={toggle} />
              {origins && <Disclosures sessionId={novel.session_id} />}
              {origins && <Legend />}
            </div>
          </header>
          {stages.map((stage) => (
            <Part
              key={stage}
              stage={stage}
              content={novel.content[stage] ?? {}}
              originsOf={origins ? novel.session_id : null}
            />
          ))}
        </main>
      </div>
    </NamesContext>
  );
}

interface PartProps {
  stage: WorkStage;
  content: Record<string, unknown>;
  /** The session to be asked where the text came from; null: nobody wants to know. */
  originsOf: string | null;
}

function Part({ stage, content, originsOf }: PartProps) {
  const { t } = useI18n();
  const title = TITLE_FIELD[stage];
  const skip = [...(title ? [title] : []), ...(stage === "CONCEPT_SELECTION" ? ["logline"] : [])];
  return (
    <section id={stage} className={classes["part"]} aria-labelledby={`${stage}-title`}>
      <h2 id={`${stage}-title`}>{t(`stage.${stage}`)}</h2>
      {originsOf === null ? (
        <>
          <StageFigure stage={stage} content={content} />
          <FieldsView fields={SHAPES[stage]} content={content} skip={skip} depth={stage === "CONCEPT_SELECTION" ? 1 : 0} />
        </>
      ) : (
        <ProvenanceText sessionId={originsOf} stage={stage} content={content} version={0} />
      )}
    </section>
  );
}

function Contents({ novel, stages }: { novel: Novel; stages: readonly WorkStage[] }) {
  const { t } = useI18n();
  const chapters = asItems(novel.content["PLOT_OUTLINE"]?.["chapters"]);
  return (
    <>
      <nav aria-label={t("novel.contents")}>
        <strong>{t("novel.contents")}</strong>
        <ol>
          {stages.map((stage) => (
            <li key={stage}>
              <a href={`#${stage}`}>{t(`stage.${stage}`)}</a>
              {stage === "PLOT_OUTLINE" && (
                <ol className={classes["chapters"]}>
                  {chapters.map((chapter, index) => (
                    <li key={index}>
                      <span>{asText(chapter["n"]) || index + 1}</span> <bdi>{asText(chapter["title"])}</bdi>
                    </li>
                  ))}
                </ol>
              )}
            </li>
          ))}
        </ol>
      </nav>
      <div className={classes["ways"]}>
        <Button component={Link} to="/" variant="subtle" color="gray" size="sm" leftSection={<Icon name="left" size={16} />}>
          {t("app.back")}
        </Button>
        <Button component={Link} to={`/sessions/${novel.session_id}`} variant="subtle" color="gray" size="sm" leftSection={<Icon name="clock" size={16} />}>
          {t("novel.session")}
        </Button>
      </div>
    </>
  );
}
