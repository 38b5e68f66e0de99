// What is going on and what went wrong, above everything else: work under way, warnings, an ended session.
import { Button, Progress } from "@mantine/core";
import { memo } from "react";
import type { WorkStage } from "@/shared/api/types";
import { useI18n, useMaybe } from "@/shared/i18n/i18n";
import { elapsed, useNow } from "@/shared/lib/time";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import { Notice } from "@/shared/ui/Notice";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { Archived } from "./archive/Archived";
import { useSession } from "./context";
import { branchKey, useBranch } from "./useBranch";
import { Warnings } from "./Warnings";
import { attemptOf, isSearch } from "./writing";
import classes from "./StatusLine.module.css";

export const StatusLine = memo(function StatusLine() {
  const { state, commands } = useSession();
  const over = state.status === "COMPLETED" || state.status === "ABANDONED";
  return (
    <>
      {state.pending && <PendingBar />}
      <ProblemNote commands={commands} of="stop" />
      <ProblemNote commands={commands} of="finish" />
      <ProblemNote commands={commands} of="extend" />
      <Warnings />
      {over && <Ended />}
      {over && <Archived />}
    </>
  );
});

function Ended() {
  const { t } = useI18n();
  const { state, commands } = useSession();
  const branch = useBranch();
  return (
    <>
      <Notice
        tone="calm"
        action={
          <GuardedButton
            data-testid="branch-button"
            size="xs"
            variant="light"
            why={branch.whyNot}
            loading={branch.busy(state.version)}
            onClick={() => branch.from(state.version)}
          >
            {t("branch.last")}
          </GuardedButton>
        }
      >
        {t(branch.whyNot === null ? "studio.readOnly" : "studio.readOnly.all")}
      </Notice>
      <ProblemNote commands={commands} of={branchKey(state.version)} />
    </>
  );
}

const SILENT_AFTER = 10;

function PendingBar() {
  const { t, language } = useI18n();
  const maybe = useMaybe();
  const { state, moment, live, away, stage, commands, whyNot, stageName, go } = useSession();
  const ticking = useNow(1000);
  const past = moment !== null;
  const now = moment?.at ? Date.parse(moment.at) : ticking;
  const pending = state.pending;
  if (pending === null) return null;
  const progress = live.progress?.correlation_id === pending.correlation_id ? live.progress : null;
  const phase = progress?.phase ?? pending.phase;
  const percent = Math.max(progress?.percent ?? 0, pending.progress);
  const drawn = live.draft?.correlation_id === pending.correlation_id ? live.draft.content : pending.draft;
  const attempt = attemptOf(drawn);
  const why = attempt?.why ? maybe(`cause.${attempt.why}`, t("cause.other", { code: attempt.why })) : "";
  // the writer speaks the language of the text, and of writing says no more than the heading does
  const spoken = state.language.startsWith(language) && phase !== "writing";
  const message = spoken ? progress?.message || pending.message : "";
  const since = (now - Date.parse(pending.since)) / 1000;
  const silent = past ? 0 : Math.min((now - live.heardAt) / 1000, since);
  const searching = isSearch(pending);
  const elsewhere = pending.stage !== stage && !searching;
  const stop = () =>
    void commands.run("stop", { command_type: "CANCEL_GENERATION", session_id: state.session_id, payload: {} });
  return (
    <section className={classes["bar"]} data-testid="pending-indicator" aria-label={searching ? t("pending.searching") : t("draft.title")}>
      <div className={classes["line"]}>
        <div className={classes["words"]}>
          <strong>{searching ? t("pending.searching") : t("pending.writing", { stage: stageName(pending.stage) })}</strong>
          <span role="status" aria-live="polite">
            {!away && (message || maybe(`phase.${phase}`, phase))}
          </span>
          {!away && attempt !== null && attempt.number > 1 && (
            <span role="status" data-testid="attempt">
              {t("pending.attempt", { number: attempt.number, of: attempt.of })}
              {why && t("app.between") + t("pending.attempt.why", { why })}
            </span>
          )}
          {!away && (
            <span className={classes["numbers"]}>
              {Math.round(percent)} % · <time>{t("pending.elapsed", { time: elapsed(since) })}</time>
            </span>
          )}
        </div>
        {elsewhere && (
          <Button size="xs" variant="subtle" onClick={() => go(pending.stage as WorkStage)}>
            {t("pending.go")}
          </Button>
        )}
        {!away && (
          <GuardedButton
            data-testid="stop-button"
            size="xs"
            variant="default"
            leftSection={<Icon name="stop" size={14} filled />}
            why={whyNot("CANCEL_GENERATION")}
            loading={commands.busy("stop")}
            onClick={stop}
          >
            {t("pending.stop")}
          </GuardedButton>
        )}
      </div>
      <Progress value={percent} size="xs" aria-label={t("draft.title")} transitionDuration={300} />
      {!away && silent >= SILENT_AFTER && (
        <p className={classes["message"]} role="status">
          {t("pending.silent", { seconds: Math.floor(silent) })}
        </p>
      )}
    </section>
  );
}
