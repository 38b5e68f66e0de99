// The history as a line to slide along, from the first event to now.
import { useThrottledCallback } from "@mantine/hooks";
import { memo, useMemo, useState } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { moment } from "@/shared/lib/time";
import { useTime } from "./context";
import { stageStarts } from "./steps";
import { entryAt, useEventText } from "./useEventText";
import classes from "./Past.module.css";

const EVERY_MS = 80;

export const Scrubber = memo(function Scrubber() {
  const { t, locale } = useI18n();
  const { place, head, history, go } = useTime();
  const text = useEventText();
  const [slid, setSlid] = useState<number | null>(null);
  // a hand slides over more moments than anybody could look at
  const follow = useThrottledCallback((version: number) => {
    go(version);
    setSlid(null);
  }, EVERY_MS);
  const starts = useMemo(() => stageStarts(history), [history]);
  const value = slid ?? place ?? head;
  const entry = entryAt(history, value);
  const said = entry ? `${text(entry)}, ${moment(entry.occurred_at, locale)}` : "";
  if (head < 2) return null;
  return (
    <div className={classes["scrubber"]}>
      <input
        type="range"
        className={classes["slider"]}
        data-testid="scrubber"
        data-time
        aria-label={t("past.scrubber")}
        aria-valuetext={value >= head ? t("past.now") : `${t("past.place", { n: value, head })}: ${said}`}
        min={1}
        max={head}
        step={1}
        value={value}
        onChange={(event) => {
          const version = Number(event.target.value);
          setSlid(version);
          follow(version);
        }}
      />
      <div className={classes["ticks"]} aria-hidden="true">
        {starts.map((start) => (
          <span key={start} style={{ insetInlineStart: `${((start - 1) / (head - 1)) * 100}%` }} />
        ))}
      </div>
    </div>
  );
});
