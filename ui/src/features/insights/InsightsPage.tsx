// /insights — how ideas were judged, how long it took and what it cost; every number opens its cases.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useOutletContext, useSearchParams } from "react-router";
import { asProblem } from "@/shared/api/problem";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { Notice } from "@/shared/ui/Notice";
import { CasesDialog } from "./CasesDialog";
import { useFigures, type Figures } from "./data";
import { Causes, HowFar, Models } from "./MoreSections";
import { OpenCases, type Opened } from "./Opens";
import { asked as askedOf, chosenIn, plusDays, today } from "./range";
import { RangePicker } from "./RangePicker";
import { Costs, Edits, Responses, Rounds, Times } from "./StageSections";
import classes from "./Insights.module.css";

export function InsightsPage() {
  const { t } = useI18n();
  const say = useProblemText();
  const analyst = useOutletContext<{ analyst?: boolean } | undefined>()?.analyst === true;
  const [search, setSearch] = useSearchParams();
  const [opened, setOpened] = useState<Opened | null>(null);
  const chosen = chosenIn(search);
  const scope = analyst && search.get("scope") === "all" ? "all" : "own";
  const asked = askedOf(chosen, scope, Intl.DateTimeFormat().resolvedOptions().timeZone, today());
  const found = useFigures(asked);
  const change = (changes: Record<string, string>) => {
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes)) {
          if (value) after.set(name, value);
          else after.delete(name);
        }
        return after;
      },
      { replace: true },
    );
  };
  return (
    <main className={classes["page"]} data-testid="insights">
      <header>
        <h1>{t("insights.title")}</h1>
        <p className={classes["about"]}>{t(scope === "all" ? "insights.what.all" : "insights.what")}</p>
        <p className={classes["printed"]}>
          {asked.from ?? "…"} – {asked.to ? plusDays(asked.to, -1) : today()} {asked.zone && `(${asked.zone})`}
        </p>
      </header>
      <RangePicker chosen={chosen} scope={scope} analyst={analyst} onChange={change} />
      {found.isError && (
        <Notice tone="danger" alert action={<Button size="xs" onClick={() => void found.refetch()}>{t("app.retry")}</Button>}>
          {say(asProblem(found.error))}
        </Notice>
      )}
      {found.isPending && <p>{t("app.loading")}</p>}
      {found.data && !found.isError && (
        <OpenCases value={setOpened}>
          <Sections figures={found.data} all={chosen.preset === "all"} />
        </OpenCases>
      )}
      <CasesDialog asked={asked} opened={opened} onClose={() => setOpened(null)} />
    </main>
  );
}

function Sections({ figures, all }: { figures: Figures; all: boolean }) {
  const { t } = useI18n();
  const { figures: whole } = figures.summary;
  if (figures.funnel.begun === 0 && whole.generations.ended === 0 && whole.accepted === 0) {
    return (
      <div className={classes["empty"]} data-testid="insights-empty">
        <strong>{t("insights.empty")}</strong>
        <p>{t(all ? "insights.empty.new" : "insights.empty.range")}</p>
      </div>
    );
  }
  return (
    <>
      <p className={classes["about"]}>{t("insights.few.note")}</p>
      <HowFar figures={figures} />
      {whole.accepted > 0 ? <Rounds figures={figures} /> : <p className={classes["about"]}>{t("insights.empty.accepted")}</p>}
      {whole.first_proposal.n > 0 && <Times figures={figures} />}
      {whole.accepted > 0 && <Edits figures={figures} />}
      <Responses figures={figures} />
      {whole.generations.ended > 0 && <Models figures={figures} />}
      {whole.generations.ended > 0 && <Costs figures={figures} />}
      <Causes figures={figures} />
    </>
  );
}
