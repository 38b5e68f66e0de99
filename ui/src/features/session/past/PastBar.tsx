// Says that the past is shown, which moment of it, and gives the ways on: step, play, compare, branch, back to now.
import { Button, SegmentedControl, VisuallyHidden } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { memo, useState } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { moment as momentText } from "@/shared/lib/time";
import { GuardedButton, GuardedIcon } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import { Notice } from "@/shared/ui/Notice";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { useSession } from "../context";
import { branchKey, useBranch } from "../useBranch";
import { useTime } from "./context";
import { Differences } from "./Differences";
import { Scrubber } from "./Scrubber";
import { SPEEDS, type Speed } from "./steps";
import { entryAt, useEventText } from "./useEventText";
import classes from "./Past.module.css";

export const PastBar = memo(function PastBar() {
  const { moment } = useSession();
  const { place, refused } = useTime();
  if (refused !== null) return <Refused />;
  // the studio says that it shows the past once it does
  return place !== null && moment !== null ? <Looking place={place} /> : null;
});

/** The address names a moment that there is not: why, and the way back. What stands below is now. */
function Refused() {
  const { t } = useI18n();
  const { refused, again, go } = useTime();
  return (
    <div data-testid="past-refused" className={classes["refused"]}>
      <Notice
        tone="warning"
        alert
        title={t("past.refused")}
        action={
          <>
            {again !== null && (
              <Button size="xs" variant="light" onClick={again}>
                {t("app.retry")}
              </Button>
            )}
            <Button size="xs" data-testid="back-to-now" onClick={() => go(null)}>
              {t("past.back")}
            </Button>
          </>
        }
      >
        {refused}
      </Notice>
    </div>
  );
}

function Looking({ place }: { place: number }) {
  const { t, locale } = useI18n();
  const { loading, head, history, go, playing } = useTime();
  const narrow = useMediaQuery("(max-width: 62rem)", window.matchMedia("(max-width: 62rem)").matches);
  const text = useEventText();
  const entry = entryAt(history, place);
  const where = t("past.place", { n: place, head });
  const when = entry ? momentText(entry.occurred_at, locale) : "";
  const what = entry ? text(entry) : "";
  const said = [t("past.title"), where, what, when].filter((part) => part !== "").join(", ");
  return (
    <section className={classes["bar"]} data-testid="past-bar" data-loading={loading || undefined} aria-label={t("past.title")}>
      <div className={classes["words"]}>
        <strong className={classes["mark"]}>
          <Icon name="clock" size={16} />
          {t("past.title")}
        </strong>
        <span className={classes["where"]} data-testid="past-place">
          {where}
        </span>
        <span className={classes["what"]} data-testid="past-event">
          {what}
        </span>
        {entry && <time dateTime={entry.occurred_at}>{when}</time>}
        <VisuallyHidden role="status">{playing ? "" : said}</VisuallyHidden>
      </div>
      {narrow && <Scrubber />}
      <div className={classes["ways"]}>
        <Steps place={place} />
        <Compare place={place} narrow={narrow} />
        <BranchHere place={place} narrow={narrow} />
        <Button size="xs" data-testid="back-to-now" onClick={() => go(null)}>
          {t("past.back")}
        </Button>
      </div>
    </section>
  );
}

function Steps({ place }: { place: number }) {
  const { t } = useI18n();
  const { stepEvent, play, playing, speed, setSpeed } = useTime();
  const icon = { variant: "subtle", color: "gray", size: 30 } as const;
  return (
    <div className={classes["steps"]} role="group" aria-label={t("past.steps")}>
      <GuardedIcon {...icon} label={t("past.earlier")} why={place <= 1 ? t("past.first") : null} onClick={() => stepEvent(-1)}>
        <Icon name="left" size={16} />
      </GuardedIcon>
      <GuardedIcon {...icon} data-testid="play" label={t(playing ? "past.pause" : "past.play")} pressed={playing} why={null} onClick={play}>
        <Icon name={playing ? "pause" : "play"} size={16} />
      </GuardedIcon>
      <GuardedIcon {...icon} label={t("past.later")} why={null} onClick={() => stepEvent(1)}>
        <Icon name="right" size={16} />
      </GuardedIcon>
      <SegmentedControl
        size="xs"
        aria-label={t("past.speed")}
        value={String(speed)}
        onChange={(value) => setSpeed(Number(value) as Speed)}
        data={SPEEDS.map((one) => ({ value: String(one), label: `${one}×` }))}
      />
    </div>
  );
}

interface WayProps {
  place: number;
  narrow: boolean;
}

function Compare({ place, narrow }: WayProps) {
  const { t } = useI18n();
  const { state } = useSession();
  const { head } = useTime();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="xs" variant="default" data-testid="differences-button" onClick={() => setOpen(true)}>
        {t(narrow ? "past.differences.short" : "past.differences")}
      </Button>
      <Differences
        opened={open}
        close={() => setOpen(false)}
        before={{ id: state.session_id, version: place, name: t("past.place", { n: place, head }) }}
        after={{ id: state.session_id, version: null, name: t("past.now") }}
      />
    </>
  );
}

function BranchHere({ place, narrow }: WayProps) {
  const { t } = useI18n();
  const { commands } = useSession();
  const branch = useBranch();
  return (
    <>
      <GuardedButton
        size="xs"
        variant="default"
        data-testid="branch-here"
        leftSection={<Icon name="branch" size={14} />}
        why={branch.whyNot}
        loading={branch.busy(place)}
        onClick={() => branch.from(place)}
      >
        {t(narrow ? "past.branch.short" : "branch.entry")}
      </GuardedButton>
      <ProblemNote commands={commands} of={branchKey(place)} />
    </>
  );
}
