// What code cannot find the writer's model can look for: who that is, what it costs, how it goes, and what came of it.
import { Button, Progress } from "@mantine/core";
import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { EstimateNote } from "@/shared/credits/EstimateNote";
import { useEstimate } from "@/shared/credits/credits";
import { useI18n } from "@/shared/i18n/i18n";
import { useSessionModel } from "@/shared/models/models";
import { SentButton } from "@/shared/sent/SentButton";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { lastSearch } from "./agreement";
import { useSession } from "./context";
import classes from "./Contradictions.module.css";
import { ReadNote } from "./ReadNote";
import { failedWork, isSearch } from "./writing";

const KEY = "agree search";

export function SearchContradictions() {
  const { t } = useI18n();
  const { state, stage, live, commands, whyNot } = useSession();
  const { data } = useSessionModel(state.session_id);
  const first = data?.line[0];
  const model = first && first.kind !== "muse" ? first.name : null;
  const refused = whyNot("FIND_CONTRADICTIONS");
  const wanted = model !== null && state.status === "IN_PROGRESS" && Object.keys(state.confirmed_data).length > 1;
  const estimate = useEstimate({ sessionId: state.session_id, version: state.version, stage, search: true }, wanted);
  const searching = isSearch(state.pending);
  const newest = state.pending ? null : failedWork(live.timeline);
  const failed = newest?.kind === "agreement" ? newest : null;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // the button that was pressed is gone: a key that is pressed now is still meant for the dialog
    if (document.activeElement === null || document.activeElement === document.body) heading.current?.focus();
  }, [searching]);
  if (!first) return null;
  return (
    <section className={classes["search"]} aria-label={t("agree.search.title")} data-testid="search-contradictions">
      <h3 ref={heading} tabIndex={-1}>
        {t("agree.search.title")}
      </h3>
      <LastSearch />
      {model === null ? (
        <>
          <p data-testid="search-needs-model">{t("agree.search.muse")}</p>
          <div className={classes["ways"]}>
            <Button component={Link} to="/models" size="xs" variant="light">
              {t("models.writer.manage")}
            </Button>
          </div>
        </>
      ) : searching ? (
        <Searching />
      ) : (
        <>
          <p>{t("agree.search.about", { model })}</p>
          {failed && (
            <p role="status" data-testid="search-failed">
              {t("agree.search.failed")} {failed.id && <SentButton sessionId={state.session_id} generationId={failed.id} />}
            </p>
          )}
          <div className={classes["ways"]}>
            <GuardedButton
              data-testid="search-button"
              size="sm"
              variant="light"
              why={refused}
              loading={commands.busy(KEY)}
              onClick={() =>
                void commands.run(KEY, { command_type: "FIND_CONTRADICTIONS", session_id: state.session_id, payload: {} })
              }
            >
              {t("agree.search.ask", { model })}
            </GuardedButton>
            <EstimateNote estimate={estimate} />
          </div>
          {refused !== null && state.status === "IN_PROGRESS" && <p className={classes["note"]}>{refused}</p>}
          <ReadNote estimate={estimate} />
        </>
      )}
      <ProblemNote commands={commands} of={KEY} />
    </section>
  );
}

function Searching() {
  const { t } = useI18n();
  const { state, live, commands, whyNot } = useSession();
  const pending = state.pending;
  const progress = live.progress?.correlation_id === pending?.correlation_id ? live.progress : null;
  const percent = Math.max(progress?.percent ?? 0, pending?.progress ?? 0);
  return (
    <div className={classes["searching"]} data-testid="searching">
      <p role="status">{t("agree.search.running")}</p>
      <Progress value={percent} size="xs" aria-label={t("pending.searching")} transitionDuration={300} />
      <div className={classes["ways"]}>
        <GuardedButton
          size="xs"
          variant="default"
          why={whyNot("CANCEL_GENERATION")}
          loading={commands.busy("stop")}
          onClick={() =>
            void commands.run("stop", { command_type: "CANCEL_GENERATION", session_id: state.session_id, payload: {} })
          }
        >
          {t("pending.stop")}
        </GuardedButton>
      </div>
    </div>
  );
}

function LastSearch() {
  const { t } = useI18n();
  const { state, live } = useSession();
  const last = lastSearch(live.timeline);
  if (last === null) return null;
  const model = last.model || t("agree.search.someModel");
  const said =
    last.found === 0
      ? t("agree.search.nothing", { model })
      : last.found === 1
        ? t("agree.search.one", { model })
        : t("agree.search.n", { model, n: last.found });
  return (
    <p role="status" data-testid="last-search">
      {[
        said,
        ...(last.dropped > 0 ? [t(last.dropped === 1 ? "agree.search.dropped.one" : "agree.search.dropped", { n: last.dropped })] : []),
        ...(last.older ? [t("agree.search.older")] : []),
      ].join(t("app.between"))}{" "}
      {last.id && <SentButton sessionId={state.session_id} generationId={last.id} />}
    </p>
  );
}
