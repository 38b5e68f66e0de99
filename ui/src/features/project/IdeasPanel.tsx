// Ideas for a book that began from a keyword: shown as they come, gone on from where they ended early, one to choose.
import { Button, Progress } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { BookConcepts, Concept, Project, ProjectCommand } from "@/shared/api/types";
import { useI18n, useProblemText, useWarningText } from "@/shared/i18n/i18n";
import { conceptsKey, readConcepts, useConcepts, useStepSoFar } from "@/shared/projects/concepts";
import { projectKey, readProject, sendProjectCommand } from "@/shared/projects/projects";
import { Notice } from "@/shared/ui/Notice";
import classes from "./Ideas.module.css";
import { StepView, type Item, type StepName } from "./StepView";

interface Giving {
  give: (command: ProjectCommand) => void;
  busy: boolean;
}

export function IdeasPanel({ project }: { project: Project }) {
  const { t } = useI18n();
  const say = useProblemText();
  const cache = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const ideas = useConcepts(project.id, project.initiation !== null).data;
  if (!ideas) return null;
  const give = (command: ProjectCommand) => {
    const given = async () => {
      setBusy(true);
      setProblem(null);
      try {
        const { version } = await sendProjectCommand(command);
        cache.setQueryData(conceptsKey(project.id), await readConcepts(project.id, version));
        cache.setQueryData(projectKey(project.id), await readProject(project.id, version));
      } catch (error) {
        setProblem(asProblem(error));
      } finally {
        setBusy(false);
      }
    };
    void given();
  };
  const giving = { give, busy };
  return (
    <section className={classes["ideas"]} aria-labelledby="ideas" data-testid="ideas" data-status={ideas.status}>
      <div>
        <h2 id="ideas">{t("ideas.title")}</h2>
        <p className={classes["said"]}>{t("ideas.from", { keyword: ideas.keyword })}</p>
      </div>
      {problem && (
        <Notice tone="danger" alert>
          {say(problem)}
        </Notice>
      )}
      {ideas.status === "working" && <Working ideas={ideas} giving={giving} />}
      {(ideas.status === "failed" || ideas.status === "cancelled") && <EndedEarly ideas={ideas} giving={giving} />}
      {ideas.concepts.length > 0 && <Concepts ideas={ideas} giving={giving} />}
      <Steps ideas={ideas} />
    </section>
  );
}

function Working({ ideas, giving }: { ideas: BookConcepts; giving: Giving }) {
  const { t } = useI18n();
  const live = useStepSoFar(ideas.project_id, ideas.job_id);
  const step: StepName = !ideas.landscape ? "landscape" : !ideas.thesis ? "thesis" : "concepts";
  const kept = ideas.so_far?.name === step ? ideas.so_far.content : null;
  const content = live?.name === step ? live.content : kept;
  const items = Array.isArray(content) ? content.filter((item): item is Item => typeof item === "object" && item !== null) : [];
  return (
    <>
      <div className={classes["line"]}>
        <strong role="status">{t(`ideas.step.${step}`)}</strong>
        <Button size="xs" variant="light" color="red" loading={giving.busy} data-testid="stop-ideas" onClick={() => giving.give({ command_type: "CANCEL_INITIATION", project_id: ideas.project_id, payload: {} })}>
          {t("ideas.stop")}
        </Button>
      </div>
      <Progress value={Math.max(live?.percent ?? 0, ideas.percent)} size="xs" aria-label={t("ideas.working")} transitionDuration={300} />
      {items.length > 0 && <StepView name={step} items={items} language={ideas.language} />}
    </>
  );
}

function EndedEarly({ ideas, giving }: { ideas: BookConcepts; giving: Giving }) {
  const { t } = useI18n();
  const why = useWarningText();
  const failed = ideas.status === "failed";
  return (
    <Notice
      tone={failed ? "warning" : "calm"}
      title={t(failed ? "ideas.failed" : "ideas.cancelled")}
      action={
        <Button size="sm" variant="light" loading={giving.busy} data-testid="resume-ideas" onClick={() => giving.give({ command_type: "RESUME_INITIATION", project_id: ideas.project_id, payload: { writer: ideas.writer === "muse" ? "muse" : null } })}>
          {t("ideas.resume")}
        </Button>
      }
    >
      {failed && <p>{why("GENERATION_FAILED", ideas.message, ideas.code)}</p>}
      <p>{t(ideas.landscape ? "ideas.kept" : "ideas.kept.none")}</p>
    </Notice>
  );
}

function Concepts({ ideas, giving }: { ideas: BookConcepts; giving: Giving }) {
  const { t } = useI18n();
  return (
    <>
      <div>
        <h3>{t("ideas.concepts")}</h3>
        {ideas.chosen && <p className={classes["said"]}>{t("ideas.concepts.again")}</p>}
      </div>
      <ul className={classes["cards"]}>
        {ideas.concepts.map((concept) => (
          <ConceptCard key={concept.id} ideas={ideas} concept={concept} giving={giving} />
        ))}
      </ul>
    </>
  );
}

function ConceptCard({ ideas, concept, giving }: { ideas: BookConcepts; concept: Concept; giving: Giving }) {
  const { t } = useI18n();
  const choose = () => giving.give({ command_type: "CHOOSE_CONCEPT", project_id: ideas.project_id, payload: { concept_id: concept.id } });
  return (
    <li className={classes["card"]} data-chosen={concept.chosen} data-testid="concept">
      <h3 lang={ideas.language} dir="auto">
        {concept.title}
      </h3>
      <p className={classes["tagline"]} lang={ideas.language} dir="auto">
        {concept.tagline}
      </p>
      <p lang={ideas.language} dir="auto">
        {concept.logline}
      </p>
      <p className={classes["said"]}>
        {t("ideas.audience")}
        {t("app.colon")}
        <bdi>{concept.audience}</bdi>
      </p>
      <p className={classes["said"]}>
        {t("ideas.angle")}
        {t("app.colon")}
        <bdi>{concept.angle}</bdi>
      </p>
      <span className={classes["push"]} />
      {concept.chosen ? (
        <strong>{t("ideas.chosen")}</strong>
      ) : (
        <Button size="sm" variant="light" loading={giving.busy} onClick={choose} aria-label={`${t("ideas.choose")}${t("app.colon")}${concept.title}`}>
          {t("ideas.choose")}
        </Button>
      )}
    </li>
  );
}

function Steps({ ideas }: { ideas: BookConcepts }) {
  const { t } = useI18n();
  const open = ideas.status !== "ready";
  const { thesis } = ideas;
  const theses: Item[] = !thesis ? [] : "claims" in thesis ? [{ statement: thesis.statement }, ...thesis.claims] : [{ ...thesis }];
  return (
    <>
      {thesis && (
        <details className={classes["step"]} open={open}>
          <summary>{t("ideas.thesis")}</summary>
          <StepView name="thesis" items={theses} language={ideas.language} />
        </details>
      )}
      {ideas.landscape && (
        <details className={classes["step"]} open={open}>
          <summary>{t("ideas.landscape")}</summary>
          <StepView name="landscape" items={ideas.landscape.topics.map((topic) => ({ ...topic }))} language={ideas.language} />
        </details>
      )}
    </>
  );
}
