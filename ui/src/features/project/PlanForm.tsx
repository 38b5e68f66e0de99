// The plan of a chapter, to write: every field is optional, and all of them are saved together.
import { Button } from "@mantine/core";
import { useState } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { Chapter } from "@/shared/api/types";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { readChapter, readProject, sendProjectCommand } from "@/shared/projects/projects";
import { Notice } from "@/shared/ui/Notice";
import { TypedArea, TypedLine } from "@/shared/ui/Typed";
import classes from "./Project.module.css";
import { WordsInput } from "./WordsInput";

export const PLAN_FIELDS = ["purpose", "summary", "point_of_view", "place", "time", "goal", "conflict", "turning_point", "outcome", "hook"] as const;
type PlanField = (typeof PLAN_FIELDS)[number];

const LINES: readonly PlanField[] = ["point_of_view", "place", "time"];
const LONGEST_LINE = 400;
const LONGEST_PASSAGE = 8_000;
const MOST_PEOPLE = 60;
const MOST_THREADS = 20;

function threadsOf(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

interface PlanFormProps {
  facts: Chapter;
  saved: (found: Chapter) => void;
  cancel: (() => void) | null;
}

export function PlanForm({ facts, saved, cancel }: PlanFormProps) {
  const { t } = useI18n();
  const say = useProblemText();
  const [plan, setPlan] = useState(facts.plan);
  const [who, setWho] = useState((facts.plan.who ?? []).join(", "));
  const [plants, setPlants] = useState((facts.plan.plants ?? []).join("\n"));
  const [pays, setPays] = useState((facts.plan.pays ?? []).join("\n"));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const set = (field: PlanField) => (text: string) => setPlan({ ...plan, [field]: text });
  const people = who.split(/[,，、\n]/).map((name) => name.trim()).filter((name) => name !== "");
  const threads = [threadsOf(plants), threadsOf(pays)] as const;
  const fits =
    threads.every((lines) => lines.length <= MOST_THREADS && lines.every((line) => line.length <= LONGEST_LINE)) &&
    PLAN_FIELDS.every((field) => (plan[field] ?? "").length <= (LINES.includes(field) ? LONGEST_LINE : LONGEST_PASSAGE)) &&
    people.length <= MOST_PEOPLE &&
    people.every((name) => name.length <= LONGEST_LINE);
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const payload = { entry_id: facts.id, plan: { ...plan, who: people, plants: threads[0], pays: threads[1] } };
      const answer = await sendProjectCommand({ command_type: "PLAN_CHAPTER", project_id: facts.project_id, payload });
      await readProject(facts.project_id, answer.version);
      saved(await readChapter(facts.project_id, facts.id));
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={classes["planForm"]}
      data-testid="plan-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (fits && !busy) void save();
      }}
    >
      {PLAN_FIELDS.map((field) =>
        LINES.includes(field) ? (
          <TypedLine key={field} label={t(`plan.${field}`)} value={plan[field] ?? ""} limit={LONGEST_LINE} type={set(field)} />
        ) : (
          <TypedArea key={field} label={t(`plan.${field}`)} minRows={1} value={plan[field] ?? ""} limit={LONGEST_PASSAGE} type={set(field)} />
        ),
      )}
      <TypedLine label={t("plan.who")} description={t("plan.who.hint")} value={who} limit={LONGEST_PASSAGE} type={setWho} />
      <TypedArea label={t("plan.plants")} description={t("plan.threads.hint")} minRows={1} value={plants} limit={LONGEST_PASSAGE} type={setPlants} />
      <TypedArea label={t("plan.pays")} minRows={1} value={pays} limit={LONGEST_PASSAGE} type={setPays} />
      <WordsInput label={t("plan.tension")} least={0} most={10} step={1} value={plan.tension ?? 0} change={(tension) => setPlan({ ...plan, tension })} />
      <WordsInput label={t("plan.target_words")} least={0} most={100_000} value={plan.target_words ?? 0} change={(target_words) => setPlan({ ...plan, target_words })} />
      {problem && <Notice tone="danger" alert>{say(problem)}</Notice>}
      <div className={classes["choices"]}>
        <Button type="submit" size="sm" disabled={!fits} loading={busy}>
          {t("plan.save")}
        </Button>
        {cancel && (
          <Button size="sm" variant="subtle" color="gray" onClick={cancel}>
            {t("project.cancel")}
          </Button>
        )}
      </div>
    </form>
  );
}
