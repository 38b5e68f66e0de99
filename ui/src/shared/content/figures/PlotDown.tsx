// The plot line down a narrow page: chapters and threads to the left of the line, acts and beats to its right.
import { VisuallyHidden } from "@mantine/core";
import { useI18n } from "@/shared/i18n/i18n";
import type { Outline } from "./outline";
import { ROW, type Down } from "./plotLayout";
import { Unplaced, whole, type Part } from "./plotParts";
import classes from "./PlotLine.module.css";

interface PlotDownProps {
  outline: Outline;
  layout: Down;
  part: Part;
}

const [CHAPTER_COLUMN, THREAD_LANE, ELBOW] = [34, 9, 22];
const share = (value: number) => `${value}%`;

export function PlotDown({ outline, layout, part }: PlotDownProps) {
  const { t } = useI18n();
  const { height, rows, threads } = layout;
  const before = outline.chapters.length > 0 ? CHAPTER_COLUMN : 0;
  const line = before + layout.threadLanes * THREAD_LANE + 8;
  return (
    <>
      <div className={classes["column"]} style={{ height }}>
        {outline.acts.map(({ index, from, to }) => (
          <span
            key={index}
            className={classes["tint"]}
            data-odd={index % 2 === 1 || undefined}
            style={{ top: share(from), height: share(to - from), left: 0, width: line + ELBOW }}
          />
        ))}
        {outline.chapters.map(({ index, n, title, from, to }) => (
          <button
            key={index}
            className={classes["chapter"]}
            style={{ top: share(from), height: share(to - from), left: 0, width: CHAPTER_COLUMN - 4 }}
            title={`${n} · ${title}`}
            {...part("chapters", index)}
          >
            <VisuallyHidden>{`${t("plot.chapter", { n })}${t("app.colon")}${title}`}</VisuallyHidden>
            {((to - from) / 100) * height >= 13 && <b aria-hidden="true">{n}</b>}
          </button>
        ))}
        {threads.map(({ index, from, to, lane }) => (
          <span key={index} className={classes["strand"]} style={{ top: from, height: Math.max(6, to - from), left: before + lane * THREAD_LANE }} />
        ))}
        <svg className={classes["elbows"]} width={line + ELBOW} height={height} aria-hidden="true">
          <path d={`M${line} 0V${height}`} className={classes["axis"]} />
          {rows.map(({ kind, index, at, top }) => (
            <g key={`${kind}${index}`}>
              <path d={`M${line} ${at}L${line + ELBOW} ${top + ROW / 2}`} className={classes["elbow"]} data-kind={kind} />
              {kind === "beats" && <circle cx={line} cy={Math.min(height - 4, Math.max(4, at))} r="4" className={classes["bead"]} />}
            </g>
          ))}
        </svg>
        {rows.map(({ kind, index, top }) => {
          const act = kind === "acts" ? outline.acts.find((one) => one.index === index) : undefined;
          const beat = kind === "beats" ? outline.beats.find((one) => one.index === index) : undefined;
          const name = act ? act.name || t("plot.act") : (beat?.label ?? "");
          const where = act ? t("plot.range", { from: whole(act.from), to: whole(act.to) }) : `${whole(beat?.at ?? 0)}%`;
          return (
            <button
              key={`${kind}${index}`}
              className={classes["row"]}
              data-kind={kind}
              style={{ top, height: ROW - 4, left: line + ELBOW }}
              title={name}
              {...part(kind, index)}
            >
              <small>{where}</small> <span dir="auto">{name || "…"}</span>
            </button>
          );
        })}
      </div>
      <Unplaced outline={outline} part={part} drawn={new Set()} />
    </>
  );
}
