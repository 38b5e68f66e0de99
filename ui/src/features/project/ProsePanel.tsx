// How a chapter reads: the places that sound machine-made, and how far it is from the author's sample.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Chapter, Prose } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { readProse } from "@/shared/projects/projects";
import { editorOnPage, selectWords } from "./editor/places";
import classes from "./Project.module.css";

type Flag = Prose["flags"][number];

export function ProsePanel({ facts }: { facts: Chapter }) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  const { data } = useQuery({
    queryKey: ["prose", facts.id, facts.version],
    queryFn: () => readProse(facts.project_id, facts.id, facts.version),
    enabled: open && facts.version > 0,
    placeholderData: (before) => before,
  });
  if (facts.version === 0) return null;
  return (
    <details className={classes["plan"]} data-testid="prose" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t("prose.title")}</summary>
      <p className={classes["draftCost"]}>{t("prose.why")}</p>
      {data?.draft && <Measured name={t("prose.draft")} prose={data.draft} language={facts.language} />}
      {data && data.text.words > 0 && <Measured name={t("prose.text")} prose={data.text} language={facts.language} show />}
      {data && !data.draft && data.text.words === 0 && <p className={classes["draftSaid"]}>{t("prose.none")}</p>}
    </details>
  );
}

function Measured({ name, prose, language, show = false }: { name: string; prose: Prose; language: string; show?: boolean }) {
  const { t, locale } = useI18n();
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const kinds = [...new Set(prose.flags.map(({ kind }) => kind))];
  const score = { n: number.format(prose.flags.length), rate: number.format(prose.per_thousand) };
  return (
    <section className={classes["measured"]} aria-label={name}>
      <h3>
        {name}
        <span className={classes["draftCost"]} data-testid="score">
          {" · "}
          {prose.flags.length === 0 ? t("prose.none") : t(prose.flags.length === 1 ? "prose.score.one" : "prose.score", score)}
        </span>
      </h3>
      {kinds.map((kind) => (
        <div key={kind} className={classes["flags"]}>
          <strong>{t(`prose.${kind}`)}</strong>
          <ul>
            {prose.flags
              .filter((flag) => flag.kind === kind)
              .map((flag) => (
                <li key={`${flag.block_id ?? ""}:${flag.start}:${flag.about}`}>
                  <q dir="auto" lang={language}>
                    {flag.about}
                  </q>
                  {flag.count > 1 && ` · ${t("prose.times", { n: number.format(flag.count) })}`}
                  {show && (
                    <Button size="compact-xs" variant="subtle" aria-label={t("prose.show", { about: flag.about })} onClick={() => select(flag, prose.flags)}>
                      ↓
                    </Button>
                  )}
                </li>
              ))}
          </ul>
        </div>
      ))}
      {prose.deviations.length > 0 && (
        <div className={classes["flags"]} data-testid="deviations">
          <strong>{t("prose.far")}</strong>
          <ul>
            {prose.deviations.map(({ trait, measured, wanted }) => (
              <li key={trait}>{t(`prose.far.${trait}`, { measured: number.format(measured), wanted: number.format(wanted) })}</li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

/** Marks its words in the text: of the same words twice, as many before it as there are such flags. */
function select(flag: Flag, all: readonly Flag[]) {
  const view = editorOnPage();
  const before = all.slice(0, all.indexOf(flag)).filter(({ about }) => about === flag.about).length;
  if (view) selectWords(view, flag.about, before);
}
