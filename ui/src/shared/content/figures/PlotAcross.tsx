// The plot line across a wide page: flags over the line, chapters and threads under it.
import { VisuallyHidden } from "@mantine/core";
import { useI18n } from "@/shared/i18n/i18n";
import type { Outline } from "./outline";
import type { Across } from "./plotLayout";
import { Unplaced, whole, type Part } from "./plotParts";
import classes from "./PlotLine.module.css";

interface PlotAcrossProps {
  outline: Outline;
  layout: Across;
  /** Pixels. */
  width: number;
  part: Part;
}

const LANE = 30;
const [ROOM_FOR_NUMBER, ROOM_FOR_TITLE] = [17, 58];
const share = (value: number) => `${value}%`;

export function PlotAcross({ outline, layout, width, part }: PlotAcrossProps) {
  const { t } = useI18n();
  const { acts, flags, threads } = layout;
  return (
    <>
      <div className={classes["stack"]}>
        {acts.map((box) => (
          <span key={box.index} className={classes["tint"]} data-odd={box.index % 2 === 1 || undefined} style={{ left: share(box.left), width: share(box.width) }} />
        ))}
        {acts.length > 0 && (
          <div className={classes["acts"]} style={{ height: layout.actLanes * 26 }}>
            {acts.map(({ index, left, width: wide, lane }) => {
              const act = outline.acts.find((one) => one.index === index);
              return (
                <button
                  key={index}
                  className={classes["act"]}
                  style={{ left: share(left), width: share(wide), top: lane * 26 }}
                  title={act?.name}
                  {...part("acts", index)}
                >
                  <span dir="auto">{act?.name || t("plot.act")}</span>
                </button>
              );
            })}
          </div>
        )}
        <div className={classes["flags"]} style={{ height: layout.flagLanes * LANE + 8 }}>
          {flags.map(({ index, at, lane }) => (
            <span key={index} className={classes["pole"]} style={{ left: share(at), height: lane * LANE + 12 }} />
          ))}
          {flags.map(({ index, at, left, width: wide, lane }) => {
            const label = outline.beats.find((one) => one.index === index)?.label ?? "";
            return (
              <button
                key={index}
                className={classes["flag"]}
                style={{ left: share(left), width: share(wide), bottom: lane * LANE + 8 }}
                title={label}
                {...part("beats", index)}
              >
                <span dir="auto">{label || "…"}</span> <small>{whole(at)}%</small>
              </button>
            );
          })}
        </div>
        <div className={classes["line"]}>
          {flags.map(({ index, at }) => (
            <span key={index} className={classes["dot"]} style={{ left: share(at) }} />
          ))}
        </div>
        {outline.chapters.length > 0 && (
          <div className={classes["chapters"]}>
            {outline.chapters.map(({ index, n, title, from, to }) => {
              const room = ((to - from) / 100) * width;
              return (
                <button
                  key={index}
                  className={classes["chapter"]}
                  style={{ left: share(from), width: share(to - from) }}
                  title={`${n} · ${title}`}
                  {...part("chapters", index)}
                >
                  <VisuallyHidden>{`${t("plot.chapter", { n })}${t("app.colon")}${title}`}</VisuallyHidden>
                  {room >= ROOM_FOR_NUMBER && <b aria-hidden="true">{n}</b>}
                  {room >= ROOM_FOR_TITLE && (
                    <span dir="auto" aria-hidden="true">
                      {title}
                    </span>
                  )}
                </button>
              );
            })}
          </div>
        )}
        {threads.length > 0 && (
          <div className={classes["threads"]} style={{ height: layout.threadLanes * LANE }}>
            {threads.map(({ index, left, width: wide, lane, start, end }) => {
              const thread = outline.threads.find((one) => one.index === index);
              return (
                <button
                  key={index}
                  className={classes["thread"]}
                  style={{ left: share(left), width: share(wide), top: lane * LANE + 4 }}
                  title={thread?.setup}
                  {...part("threads", index)}
                >
                  <i
                    className={classes["run"]}
                    style={{ left: share((100 * (start - left)) / wide), width: share((100 * (end - start)) / wide) }}
                    data-planted={thread?.from !== null || undefined}
                    data-paid={thread?.to !== null || undefined}
                  />
                  <span dir="auto">{thread?.setup}</span>
                </button>
              );
            })}
          </div>
        )}
        <div className={classes["scale"]} aria-hidden="true">
          {[0, 25, 50, 75, 100].map((at) => (
            <span key={at} style={{ left: share(at) }}>
              {at}%
            </span>
          ))}
        </div>
      </div>
      <Unplaced outline={outline} part={part} drawn={new Set(threads.map(({ index }) => index))} />
    </>
  );
}
