// The history, newest first: every step with its time, and a line to slide along. A step shows the studio as it was then.
import { Button, UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { memo, useEffect, useRef } from "react";
import { useI18n, useWarningText } from "@/shared/i18n/i18n";
import { notesIn } from "@/shared/i18n/notes";
import type { TimelineEntry } from "@/shared/api/types";
import { clock, moment } from "@/shared/lib/time";
import { useStable } from "@/shared/lib/useStable";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { useSession } from "./context";
import { FamilyButton } from "./past/FamilyButton";
import { useTime } from "./past/context";
import { Scrubber } from "./past/Scrubber";
import { useEventText } from "./past/useEventText";
import pastClasses from "./past/Past.module.css";
import { eventId, useFocusOnShownEvent, useShownEvent } from "./shownEvent";
import { branchKey, useBranch } from "./useBranch";
import classes from "./Panes.module.css";

export const HistoryPane = memo(function HistoryPane() {
  const { t } = useI18n();
  const { commands } = useSession();
  const { place, head, history, go } = useTime();
  const named = useShownEvent();
  useFocusOnShownEvent((version) => history.some((entry) => entry.version === version));
  const branch = useBranch();
  const narrow = useMediaQuery("(max-width: 62rem)", window.matchMedia("(max-width: 62rem)").matches); // the bar has it
  const list = useRef<HTMLOListElement>(null);
  const look = useStable((version: number) => go(version));
  const branchFrom = useStable((version: number) => branch.from(version));
  useInSight(list, place, place !== null && history.length >= place);
  if (history.length === 0) return <p className={classes["quiet"]}>{t("timeline.empty")}</p>;
  return (
    <>
      <ol ref={list} className={classes["timeline"]} reversed>
        {history.toReversed().map((entry) => (
          <Entry
            key={entry.version}
            entry={entry}
            here={entry.version === place}
            shown={entry.version === named}
            look={look}
            branch={branch.whyNot === null ? branchFrom : null}
            busy={branch.busy(entry.version)}
            failed={commands.problem(branchKey(entry.version)) !== null}
          />
        ))}
      </ol>
      <div className={pastClasses["under"]}>
        <div className={pastClasses["underHead"]}>
          <span>{place === null ? t("past.now") : t("past.place", { n: place, head })}</span>
          <FamilyButton />
        </div>
        {!(narrow && place !== null) && <Scrubber />}
      </div>
    </>
  );
});

interface EntryProps {
  entry: TimelineEntry;
  /** It is the moment that is looked at. */
  here: boolean;
  look: (version: number) => void;
  /** Null: no new session can be begun now. */
  branch: ((version: number) => void) | null;
  /** The address names it. */
  shown: boolean;
  busy: boolean;
  failed: boolean;
}

// there are hundreds of them, and a step through time changes two
const Entry = memo(function Entry({ entry, here, shown, look, branch, busy, failed }: EntryProps) {
  const { t, locale } = useI18n();
  const text = useEventText()(entry);
  const say = useWarningText();
  const detail = detailOf(entry, say);
  return (
    <li
      id={eventId(entry.version)}
      tabIndex={-1}
      data-testid="timeline-entry"
      data-kind={entry.event_type}
      data-here={here || undefined}
      data-shown={shown || undefined}
    >
      <UnstyledButton
        className={classes["what"] ?? ""}
        data-version={entry.version}
        aria-current={here ? "time" : undefined}
        title={t("past.look")}
        onClick={() => look(entry.version)}
      >
        {text}
      </UnstyledButton>
      <time dateTime={entry.occurred_at} title={moment(entry.occurred_at, locale)}>
        {clock(entry.occurred_at, locale)}
      </time>
      {detail && (
        <span className={classes["detail"]} dir="auto">
          {detail}
        </span>
      )}
      {branch && (
        <Button
          className={classes["branch"] ?? ""}
          data-testid="branch-entry"
          size="compact-xs"
          variant="subtle"
          aria-label={t("branch.entry.label", { what: text })}
          loading={busy}
          onClick={() => branch(entry.version)}
        >
          {t("branch.entry")}
        </Button>
      )}
      {failed && <BranchFailed version={entry.version} />}
    </li>
  );
});

function BranchFailed({ version }: { version: number }) {
  const { commands } = useSession();
  return <ProblemNote commands={commands} of={branchKey(version)} />;
}

/** The step that is looked at stays in sight in its list, without moving the page. */
function useInSight(list: React.RefObject<HTMLOListElement | null>, place: number | null, come: boolean): void {
  const opened = useRef(place === null);
  useEffect(() => {
    const pane = list.current?.parentElement;
    const here = place === null ? null : list.current?.querySelector<HTMLElement>(`[data-version="${place}"]`);
    if (!come || !pane || !here) return;
    if (pane.scrollHeight <= pane.clientHeight) {
      // on a phone the page itself is scrolled, and only when the list is opened
      if (!opened.current) here.scrollIntoView({ block: "center" });
      opened.current = true;
      return;
    }
    const [box, own] = [pane.getBoundingClientRect(), here.getBoundingClientRect()];
    if (own.top < box.top + 60 || own.bottom > box.bottom - 110) pane.scrollTop += own.top - (box.top + box.height / 2);
  }, [list, place, come]);
}

function detailOf(entry: TimelineEntry, say: ReturnType<typeof useWarningText>): string {
  const { title, message, code } = entry.data;
  if (entry.event_type === "GenerationFailed" && typeof message === "string") return say("", message, typeof code === "string" ? code : "", notesIn(entry.data["note_codes"]));
  return (entry.event_type === "StageConfirmed" || entry.event_type === "GenesisCompleted") && typeof title === "string"
    ? title
    : "";
}
