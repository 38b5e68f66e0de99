// What each stage took: rounds, time, edits, responses and cost, each as a chart and as a table.
import { useI18n } from "@/shared/i18n/i18n";
import { CostText, PerWord } from "./Costs";
import type { CasesOf, Figures, StageFigures } from "./data";
import { Figure } from "./Figure";
import { dollars, duration, durationTicks } from "./numbers";
import { Median, Opens, Share } from "./Opens";

type Kind = NonNullable<CasesOf["kind"]>;

interface Sections {
  figures: Figures;
}

/** Its cases; `stage` null: those of all stages. */
function of({ stage }: StageFigures): { stage?: NonNullable<StageFigures["stage"]> } {
  return stage === null ? {} : { stage };
}

/** Each stage, and all of them in the last line. */
function useRows({ stages, summary }: Figures) {
  const { t } = useI18n();
  return [...stages, summary.figures].map((one) => ({
    one,
    key: one.stage ?? "all",
    name: one.stage === null ? t("insights.all") : t(`stage.${one.stage}`),
  }));
}

export function Rounds({ figures: { summary } }: Sections) {
  const { t, locale } = useI18n();
  const { rounds_counted: counted, accepted } = summary.figures;
  const number = new Intl.NumberFormat(locale);
  return (
    <Figure
      id="rounds"
      title={t("insights.rounds")}
      about={t("insights.rounds.about")}
      chart={{
        data: counted.map(({ rounds, n }) => ({ name: String(rounds), n })),
        series: [{ key: "n", label: t("insights.acceptances") }],
        format: (value) => number.format(value),
        counts: true,
      }}
      columns={[t("insights.rounds.column"), t("insights.acceptances")]}
      rows={counted.map(({ rounds, n }) => ({
        key: String(rounds),
        name: rounds === 0 ? t("insights.rounds.none") : number.format(rounds),
        cells: [<Share key="n" part={n} of={accepted} what={t("insights.case.rounds", { n: rounds })} cases={{ of: "acceptances", rounds }} />],
      }))}
    />
  );
}

export function Times({ figures }: Sections) {
  const { t, language } = useI18n();
  const format = (value: number) => duration(value, language);
  const what = { first: t("insights.time.first"), accepted: t("insights.time.accepted") };
  return (
    <Figure
      id="times"
      title={t("insights.time")}
      about={t("insights.time.about")}
      chart={{
        data: figures.stages.map((one) => ({
          name: t(`stage.${one.stage ?? "FINISHED"}`),
          first: one.first_proposal.median,
          accepted: one.confirmation.median,
        })),
        series: [
          { key: "first", label: what.first },
          { key: "accepted", label: what.accepted },
        ],
        format,
        ticksTo: durationTicks,
      }}
      columns={[t("insights.stage"), what.first, what.accepted]}
      rows={useRows(figures).map(({ one, ...row }) => ({
        ...row,
        cells: [
          <Median key="first" of={one.first_proposal} what={what.first} cases={{ of: "first_proposals", ...of(one) }} format={format} />,
          <Median key="accepted" of={one.confirmation} what={what.accepted} cases={{ of: "acceptances", ...of(one) }} format={format} />,
        ],
      }))}
    />
  );
}

export function Edits({ figures }: Sections) {
  const { t, locale } = useI18n();
  const number = new Intl.NumberFormat(locale);
  const some = (part: number, of: number) => (of ? t("insights.of", { part: number.format(part), of: number.format(of) }) : "–");
  const chart = {
    data: figures.stages.map(({ stage, texts }) => ({
      name: t(`stage.${stage ?? "FINISHED"}`),
      proposed: texts.proposed_characters,
      distance: texts.distance,
    })),
    series: [
      { key: "proposed", label: t("insights.edits.proposed") },
      { key: "distance", label: t("insights.edits.distance") },
    ],
    format: (value: number) => number.format(value),
    counts: true,
  };
  return (
    <Figure
      id="edits"
      title={t("insights.edits")}
      about={t("insights.edits.about")}
      chart={figures.summary.figures.texts.proposed_characters > 0 ? chart : undefined}
      columns={[
        ...[t("insights.stage"), t("insights.edits.confirmed"), t("insights.edits.unchanged"), t("insights.edits.distance")],
        ...[t("insights.edits.after"), t("insights.edits.words")],
      ]}
      rows={useRows(figures).map(({ one, ...row }) => {
        const { texts } = one;
        const cases = { of: "acceptances", ...of(one) } as const;
        const all = t("insights.acceptances");
        return {
          ...row,
          cells: [
            <Opens key="n" n={texts.confirmed} what={all} cases={cases}>{number.format(texts.confirmed)}</Opens>,
            some(texts.unchanged, texts.confirmed - texts.by_hand),
            some(texts.distance, texts.proposed_characters),
            texts.confirmed ? number.format(texts.edits_after) : "–",
            texts.confirmed ? number.format(texts.confirmed_words) : "–",
          ],
        };
      })}
    />
  );
}

export function Responses({ figures: { summary } }: Sections) {
  const { t, locale } = useI18n();
  const number = new Intl.NumberFormat(locale);
  const found = Object.entries(summary.figures.responses)
    .map(([kind, n]) => ({ kind: kind as Kind, n }))
    .sort((a, b) => b.n - a.n);
  if (found.length === 0) return null;
  return (
    <Figure
      id="responses"
      title={t("insights.responses")}
      about={t("insights.responses.about")}
      chart={{
        data: found.map(({ kind, n }) => ({ name: t(`insights.kind.${kind}`), n })),
        series: [{ key: "n", label: t("insights.responses") }],
        format: (value) => number.format(value),
        counts: true,
      }}
      columns={[t("insights.responses.kind"), t("insights.times")]}
      rows={found.map(({ kind, n }) => ({
        key: kind,
        name: t(`insights.kind.${kind}`),
        cells: [<Opens key="n" n={n} what={t(`insights.kind.${kind}`)} cases={{ of: "responses", kind }}>{number.format(n)}</Opens>],
      }))}
    />
  );
}

export function Costs({ figures }: Sections) {
  const { t } = useI18n();
  const { cost } = figures.summary.figures;
  const chart = {
    data: figures.stages.map((one) => ({ name: t(`stage.${one.stage ?? "FINISHED"}`), cost: one.cost.known_nano_usd })),
    series: [{ key: "cost", label: t("insights.cost.known") }],
    format: dollars,
    counts: true,
  };
  return (
    <Figure
      id="costs"
      title={t("insights.cost")}
      about={t("insights.cost.about")}
      chart={cost.known_nano_usd ? chart : undefined}
      columns={[t("insights.stage"), t("insights.generations"), t("insights.cost.known"), t("insights.cost.perWord")]}
      rows={useRows(figures).map(({ one, ...row }) => {
        const cases = { of: "generations", ...of(one) } as const;
        return {
          ...row,
          cells: [
            <Opens key="n" n={one.generations.ended} what={t("insights.generations")} cases={cases}>{one.generations.ended}</Opens>,
            <CostText key="cost" cost={one.cost} what={t("insights.cost.known")} cases={cases} />,
            <PerWord key="word" cost={one.cost} words={one.texts.confirmed_words} />,
          ],
        };
      })}
      note={cost.unknown > 0 ? t("insights.cost.note", { n: cost.unknown, of: cost.n }) : undefined}
    />
  );
}
