// The plot line: acts as bands, beats where they fall, chapters as long as they are, threads from planting to paying off.
import { useId, useMemo, useRef, useState } from "react";
import { VisuallyHidden } from "@mantine/core";
import { useI18n } from "@/shared/i18n/i18n";
import { Figure } from "./Figure";
import { isEmptyOutline, readOutline } from "./outline";
import { across, down } from "./plotLayout";
import { PlotAcross } from "./PlotAcross";
import { PlotDown } from "./PlotDown";
import { PlotList } from "./PlotList";
import type { PartProps } from "./plotParts";
import type { FigureContent } from "./StageFigure";
import { hasSpot, rowsOf, step, type RowName, type Spot } from "./stepping";
import { useChosenPart } from "./useChosenPart";
import { useWidth } from "./useWidth";
import classes from "./PlotLine.module.css";

export function PlotLine({ content }: FigureContent) {
  const { t } = useI18n();
  const outline = useMemo(() => readOutline(content), [content]);
  const rows = useMemo(() => rowsOf(outline), [outline]);
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const wide = useMemo(() => across(outline, width), [outline, width]);
  const narrow = useMemo(() => (wide ? null : down(outline)), [outline, wide]);
  const [spot, setSpot] = useState<Spot | null>(null);
  const [open, setOpen] = useState(false);
  const keys = useId();
  const here = spot && hasSpot(rows, spot) ? spot : first(rows);
  const shown = open && spot && hasSpot(rows, spot) ? spot : null;
  const chosen = useChosenPart(content, outline, shown);
  if (isEmptyOutline(outline) || here === null) return null;

  const part = (row: RowName, index: number): PartProps => {
    const current = here.row === row && here.index === index;
    return {
      type: "button",
      "data-row": row,
      "data-index": index,
      "data-chosen": (shown !== null && current) || undefined,
      "aria-expanded": shown !== null && current,
      tabIndex: current ? 0 : -1,
      onFocus: () => setSpot({ row, index }),
      onClick: () => {
        setSpot({ row, index });
        setOpen(!(open && current));
      },
    };
  };
  const pressed = (event: React.KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = step(rows, here, event.key, narrow !== null);
    if (to === null) return;
    event.preventDefault();
    frame.current?.querySelector<HTMLElement>(`[data-row="${to.row}"][data-index="${to.index}"]`)?.focus();
  };
  return (
    <Figure
      kind="plot"
      title={t("plot.title")}
      hint={t("plot.hint")}
      list={<PlotList outline={outline} />}
      chosen={chosen}
      close={() => setOpen(false)}
    >
      <div
        ref={frame}
        role="toolbar"
        aria-label={t("plot.title")}
        aria-describedby={keys}
        aria-orientation={narrow ? "vertical" : "horizontal"}
        className={classes["plot"]}
        data-way={narrow ? "down" : "across"}
        onKeyDown={pressed}
      >
        {wide && <PlotAcross outline={outline} layout={wide} width={width} part={part} />}
        {narrow && <PlotDown outline={outline} layout={narrow} part={part} />}
        <VisuallyHidden id={keys}>{t("plot.keys")}</VisuallyHidden>
      </div>
    </Figure>
  );
}

/** Where the Tab key comes to first: the beats, if there are some. */
function first(rows: ReturnType<typeof rowsOf>): Spot | null {
  const row = rows.find((one) => one.row === "beats") ?? rows[0];
  const index = row?.parts[0]?.index;
  return row && index !== undefined ? { row: row.row, index } : null;
}
