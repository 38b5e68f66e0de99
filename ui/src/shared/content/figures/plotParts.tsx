// What both ways of drawing a plot line share: how a part is a button, and the parts that have no place on the line.
import type { ButtonHTMLAttributes } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import type { Outline } from "./outline";
import type { RowName } from "./stepping";
import classes from "./PlotLine.module.css";

export type PartProps = ButtonHTMLAttributes<HTMLButtonElement> & Record<`data-${string}`, unknown>;
export type Part = (row: RowName, index: number) => PartProps;

/** Without digits behind the point. */
export function whole(percent: number): string {
  return String(Math.round(percent));
}

interface UnplacedProps {
  outline: Outline;
  part: Part;
  /** Threads that are drawn on the line need no place here. */
  drawn: ReadonlySet<number>;
}

/** Beats and threads that do not say where they are. Nothing is left out. */
export function Unplaced({ outline, part, drawn }: UnplacedProps) {
  const { t } = useI18n();
  const beats = outline.beats.filter(({ at }) => at === null);
  const threads = outline.threads.filter(({ index }) => !drawn.has(index));
  return (
    <>
      {beats.length > 0 && (
        <div className={classes["chips"]}>
          <span className={classes["chipsName"]}>{t("plot.noPlace")}</span>
          {beats.map(({ index, label }) => (
            <button key={index} className={classes["chip"]} {...part("beats", index)} dir="auto">
              {label}
            </button>
          ))}
        </div>
      )}
      {threads.length > 0 && (
        <div className={classes["chips"]}>
          <span className={classes["chipsName"]}>{t("plot.thread")}</span>
          {threads.map(({ index, setup }) => (
            <button key={index} className={classes["chip"]} {...part("threads", index)} title={setup} dir="auto">
              {setup}
            </button>
          ))}
        </div>
      )}
    </>
  );
}
