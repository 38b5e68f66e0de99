// How far sessions came, how models do, and why generations failed.
import { useI18n, useMaybe, useNoteText } from "@/shared/i18n/i18n";
import { CostText } from "./Costs";
import type { Figures } from "./data";
import { Figure } from "./Figure";
import { Opens, Share } from "./Opens";

interface Sections {
  figures: Figures;
}

export function HowFar({ figures: { funnel } }: Sections) {
  const { t, locale } = useI18n();
  const number = new Intl.NumberFormat(locale);
  const steps = ["reached", "proposed", "accepted", "abandoned"] as const;
  const label = (step: (typeof steps)[number]) => t(`insights.funnel.${step}`);
  return (
    <Figure
      id="funnel"
      title={t("insights.funnel")}
      about={t("insights.funnel.about", { n: funnel.begun, completed: funnel.completed, abandoned: funnel.abandoned })}
      chart={{
        data: funnel.steps.map((step) => ({ ...step, name: t(`stage.${step.stage}`) })),
        series: steps.map((key) => ({ key, label: label(key) })),
        format: (value) => number.format(value),
        counts: true,
      }}
      columns={[t("insights.stage"), ...steps.map(label), t("insights.funnel.open")]}
      rows={funnel.steps.map((step) => ({
        key: step.stage,
        name: t(`stage.${step.stage}`),
        cells: [
          ...(["reached", "proposed", "accepted"] as const).map((outcome) => (
            <Share
              key={outcome}
              part={step[outcome]}
              of={funnel.begun}
              what={label(outcome)}
              cases={{ of: "stages", stage: step.stage, outcome }}
            />
          )),
          <Opens key="abandoned" n={step.abandoned} what={label("abandoned")} cases={{ of: "sessions", stage: step.stage, outcome: "ABANDONED" }}>
            {step.abandoned}
          </Opens>,
          <Opens key="open" n={step.open} what={t("insights.funnel.open")} cases={{ of: "sessions", stage: step.stage, outcome: "OPEN" }}>
            {step.open}
          </Opens>,
        ],
      }))}
    />
  );
}

export function Models({ figures: { models } }: Sections) {
  const { t, locale } = useI18n();
  const number = new Intl.NumberFormat(locale);
  const unknown = models.some(({ generations }) => generations.attempts_known < generations.ended);
  return (
    <Figure
      id="models"
      title={t("insights.models")}
      about={t("insights.models.about")}
      columns={[
        ...[t("insights.models.model"), t("insights.generations"), t("insights.models.accepted"), t("insights.models.failed")],
        ...[t("insights.models.attempts"), t("insights.models.cache"), t("insights.edits.distance"), t("insights.cost.known")],
      ]}
      rows={models.map(({ model, prompt_version: prompt, generations: made, texts, cost }) => {
        const cases = { of: "generations", model, prompt_version: prompt } as const;
        return {
          key: `${model}/${prompt}`,
          name: model ? <bdi>{`${model} · ${prompt}`}</bdi> : t("insights.models.none"),
          cells: [
            <Opens key="n" n={made.ended} what={model || t("insights.models.none")} cases={cases}>{number.format(made.ended)}</Opens>,
            <Share key="accepted" part={made.accepted} of={made.proposed} what={t("insights.models.accepted")} cases={{ ...cases, outcome: "accepted" }} />,
            <Share key="failed" part={made.failed} of={made.ended} what={t("insights.models.failed")} cases={{ ...cases, outcome: "failed" }} />,
            made.attempts_known ? t("insights.models.inGenerations", { n: made.attempts, of: made.attempts_known }) : "–",
            made.tokens_known ? t("insights.of", { part: made.cache_hits, of: made.tokens_known }) : "–",
            texts.confirmed ? t("insights.of", { part: number.format(texts.distance), of: number.format(texts.proposed_characters) }) : "–",
            <CostText key="cost" cost={cost} what={t("insights.cost.known")} cases={cases} />,
          ],
        };
      })}
      note={unknown ? t("insights.models.note") : undefined}
    />
  );
}

export function Causes({ figures: { causes } }: Sections) {
  const { t } = useI18n();
  const maybe = useMaybe();
  const note = useNoteText();
  if (causes.length === 0) return null;
  return (
    <Figure
      id="causes"
      title={t("insights.causes")}
      about={t("insights.causes.about")}
      columns={[t("insights.causes.code"), t("insights.causes.of"), t("insights.times"), t("insights.causes.sessions")]}
      rows={causes.map(({ of, code, n, sessions }) => ({
        key: `${of}/${code}`,
        name: (
          <>
            {maybe(`cause.${code}`, note(t("cause.other", { code }), { code: `why.${code}` }))} <code>{code}</code>
          </>
        ),
        cells: [
          maybe(`insights.causes.${of}`, of),
          <Opens
            key="n"
            n={n}
            what={code}
            cases={of === "generations" ? { of: "generations", outcome: "failed", code } : { of: "generations", cause: code }}
          >
            {n}
          </Opens>,
          sessions,
        ],
      }))}
    />
  );
}
