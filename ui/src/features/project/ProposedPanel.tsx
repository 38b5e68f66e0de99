// Chapters that a writer proposes: shown as they come, put into the contents all or one by one, gone on with, or refused.
import { Button, Progress } from "@mantine/core";
import type { Project, ProposedChapter, ProposedContents } from "@/shared/api/types";
import { useI18n, useWarningText } from "@/shared/i18n/i18n";
import { useWorkProgress } from "@/shared/projects/projects";
import { useWordsText } from "@/shared/projects/useWordsText";
import { Notice } from "@/shared/ui/Notice";
import { PLAN_FIELDS } from "./PlanForm";
import cards from "./Contents.module.css";
import classes from "./Project.module.css";
import { ProposeForm } from "./ProposeForm";
import type { Contents } from "./useContents";

interface PanelProps {
  project: Project;
  contents: Contents;
}

export function ProposedPanel({ project, contents }: PanelProps) {
  const { t } = useI18n();
  const proposed = contents.report?.proposed ?? null;
  return (
    <section className={classes["drafting"]} data-testid="proposing" data-status={proposed?.status ?? "none"} aria-label={t("proposing.title")}>
      {proposed?.status === "writing" && <Writing project={project} contents={contents} proposed={proposed} />}
      {proposed && proposed.status !== "writing" && <Ended project={project} contents={contents} proposed={proposed} />}
      {proposed?.status !== "writing" && <ProposeForm project={project} contents={contents} again={proposed !== null} />}
    </section>
  );
}

function Writing({ project, contents, proposed }: PanelProps & { proposed: ProposedContents }) {
  const { t } = useI18n();
  const live = useWorkProgress(project.id, proposed.correlation_id);
  const came = proposed.chapters.length;
  const of = proposed.to_chapter - proposed.from_chapter + 1;
  const percent = Math.max(live?.percent ?? 0, proposed.percent, (100 * came) / of);
  const n = Math.min(proposed.from_chapter + came, proposed.to_chapter);
  return (
    <>
      <div className={classes["draftLine"]}>
        <strong role="status">{live || came > 0 ? t("proposing.chapter", { n, last: proposed.to_chapter }) : t("proposing.begins")}</strong>
        <Button size="xs" variant="light" color="red" loading={contents.busy} onClick={() => void contents.give({ command_type: "CANCEL_CONTENTS", payload: {} })} data-testid="stop-contents">
          {t("proposing.stop")}
        </Button>
      </div>
      <Progress value={percent} size="xs" aria-label={t("proposing.progress")} transitionDuration={300} />
      <Cards project={project} chapters={proposed.chapters} />
    </>
  );
}

function Ended({ project, contents, proposed }: PanelProps & { proposed: ProposedContents }) {
  const { t, locale } = useI18n();
  const why = useWarningText();
  const { give, busy } = contents;
  const came = proposed.chapters.length;
  const left = proposed.chapters.filter(({ entry_id }) => !entry_id).length;
  const n = new Intl.NumberFormat(locale).format(came);
  const accept = (chapters: number[] | null) => void give({ command_type: "ACCEPT_CONTENTS", payload: { contents_id: proposed.id, chapters } });
  const goOn = () => void give({ command_type: "WRITE_CONTENTS", payload: { instructions: "", writer: proposed.writer === "muse" ? "muse" : null, go_on: true, from_chapter: null, to_chapter: null } });
  return (
    <>
      {proposed.status === "written" && <p className={classes["draftSaid"]}>{t("proposing.written", { n })}</p>}
      {proposed.status === "cancelled" && <p className={classes["draftSaid"]}>{t("proposing.stopped", { n })}</p>}
      {proposed.status === "failed" && (
        <Notice tone="warning" title={t("proposing.failed")}>
          <p>{why("GENERATION_FAILED", proposed.message, proposed.code)}</p>
          {came > 0 && <p>{t("proposing.kept", { n })}</p>}
        </Notice>
      )}
      {proposed.notes.map((note) => (
        <p key={note} className={classes["draftCost"]} dir="auto">
          {note}
        </p>
      ))}
      <p className={classes["draftCost"]}>
        <Cost cost={proposed.cost_usd ?? null} />
      </p>
      <div className={classes["choices"]}>
        {left > 0 && (
          <Button size="sm" loading={busy} onClick={() => accept(null)} data-testid="accept-contents">
            {t(left < came ? "proposing.accept.rest" : "proposing.accept")}
          </Button>
        )}
        {proposed.status !== "written" && (
          <Button size="sm" variant="light" loading={busy} onClick={goOn} data-testid="go-on-contents">
            {t("proposing.go_on", { n: proposed.from_chapter + came })}
          </Button>
        )}
        <Button size="sm" variant="subtle" color="gray" loading={busy} onClick={() => void give({ command_type: "REFUSE_CONTENTS", payload: { contents_id: proposed.id } })} data-testid="refuse-contents">
          {t("proposing.refuse")}
        </Button>
      </div>
      <Cards project={project} chapters={proposed.chapters} accept={busy ? null : (number) => accept([number])} />
    </>
  );
}

interface CardsProps {
  project: Project;
  chapters: readonly ProposedChapter[];
  accept?: ((number: number) => void) | null;
}

function Cards({ project, chapters, accept }: CardsProps) {
  const { t } = useI18n();
  const length = useWordsText();
  return (
    <ol className={cards["cards"]} data-testid="proposed">
      {chapters.map(({ number, part, title, plan, entry_id }) => (
        <li key={number} className={cards["card"]} data-accepted={entry_id ? true : undefined} data-testid="proposed-chapter">
          <p className={classes["draftCost"]}>
            {t("proposing.number", { n: number })}
            {part && <bdi> · {part}</bdi>}
          </p>
          <h3 dir="auto" lang={project.language}>
            {title}
          </h3>
          <p dir="auto" lang={project.language}>
            {plan.purpose || plan.summary}
          </p>
          <details>
            <summary>{t("proposing.plan")}</summary>
            <dl>
              {PLAN_FIELDS.filter((field) => field !== "purpose" && plan[field]).map((field) => (
                <div key={field}>
                  <dt>{t(`plan.${field}`)}</dt>
                  <dd dir="auto">{plan[field]}</dd>
                </div>
              ))}
              {(["who", "plants", "pays"] as const).map(
                (field) =>
                  (plan[field] ?? []).length > 0 && (
                    <div key={field}>
                      <dt>{t(`plan.${field}`)}</dt>
                      <dd dir="auto">{(plan[field] ?? []).join(", ")}</dd>
                    </div>
                  ),
              )}
            </dl>
            {(plan.target_words ?? 0) > 0 && <p className={classes["draftCost"]}>{length(project.language, 0, plan.target_words)}</p>}
          </details>
          {entry_id ? (
            <p className={classes["draftCost"]}>{t("proposing.accepted")}</p>
          ) : (
            accept !== undefined && (
              <Button size="compact-sm" variant="light" disabled={accept === null} onClick={() => accept?.(number)}>
                {t("proposing.accept.one", { n: number })}
              </Button>
            )
          )}
        </li>
      ))}
    </ol>
  );
}

function Cost({ cost }: { cost: number | null }) {
  const { t, locale } = useI18n();
  if (cost === null) return t("drafting.cost.unknown");
  if (cost === 0) return t("drafting.cost.none");
  return t("drafting.cost", { cost: cost.toLocaleString(locale, { style: "currency", currency: "USD", maximumFractionDigits: 4 }) });
}
