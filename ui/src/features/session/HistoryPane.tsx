// The history, newest first: every step with its time.
import { Button } from "@mantine/core";
import { useI18n, useMaybe } from "@/shared/i18n/i18n";
import type { TimelineEntry } from "@/shared/api/types";
import { clock, moment } from "@/shared/lib/time";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { useSession } from "./context";
import { eventId, useFocusOnShownEvent, useShownEvent } from "./shownEvent";
import { branchKey, useBranch } from "./useBranch";
import classes from "./Panes.module.css";

export function HistoryPane() {
  const { t } = useI18n();
  const { live } = useSession();
  useFocusOnShownEvent((version) => live.timeline.some((entry) => entry.version === version));
  if (live.timeline.length === 0) return <p className={classes["quiet"]}>{t("timeline.empty")}</p>;
  return (
    <ol className={classes["timeline"]} reversed>
      {live.timeline.toReversed().map((entry) => (
        <Entry key={entry.version} entry={entry} />
      ))}
    </ol>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { locale } = useI18n();
  const maybe = useMaybe();
  const { stageName } = useSession();
  const shown = useShownEvent() === entry.version;
  const refines = entry.data["kind"] === "refinement" ? ".refinement" : "";
  const text = maybe(`timeline.${entry.event_type}${refines}`, entry.event_type, {
    stage: entry.stage ? stageName(entry.stage) : "",
    n: Number(entry.data["count"] ?? 1),
  });
  const detail = detailOf(entry);
  return (
    <li
      id={eventId(entry.version)}
      tabIndex={-1}
      data-testid="timeline-entry"
      data-kind={entry.event_type}
      data-shown={shown || undefined}
    >
      <span className={classes["what"]}>{text}</span>
      <time dateTime={entry.occurred_at} title={moment(entry.occurred_at, locale)}>
        {clock(entry.occurred_at, locale)}
      </time>
      {detail && (
        <span className={classes["detail"]} dir="auto">
          {detail}
        </span>
      )}
      <BranchHere version={entry.version} what={text} />
    </li>
  );
}

function BranchHere({ version, what }: { version: number; what: string }) {
  const { t } = useI18n();
  const { commands } = useSession();
  const branch = useBranch();
  if (branch.whyNot !== null) return null;
  return (
    <>
      <Button
        className={classes["branch"] ?? ""}
        data-testid="branch-entry"
        size="compact-xs"
        variant="subtle"
        aria-label={t("branch.entry.label", { what })}
        loading={branch.busy(version)}
        onClick={() => branch.from(version)}
      >
        {t("branch.entry")}
      </Button>
      <ProblemNote commands={commands} of={branchKey(version)} />
    </>
  );
}

function detailOf(entry: TimelineEntry): string {
  const { title, message } = entry.data;
  if (entry.event_type === "GenerationFailed" && typeof message === "string") return message;
  return (entry.event_type === "StageConfirmed" || entry.event_type === "GenesisCompleted") && typeof title === "string"
    ? title
    : "";
}
