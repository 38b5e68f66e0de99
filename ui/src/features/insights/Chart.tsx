// Bars of a few numbers. The figures stand in a table beside it: the chart is the same once more, for the eye.
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { useId } from "react";
import classes from "./Insights.module.css";

export interface Series {
  key: string;
  label: string;
}

export interface ChartProps {
  title: string;
  data: ReadonlyArray<Record<string, string | number | null>>;
  series: readonly Series[];
  format: (value: number) => string;
  /** Only whole numbers stand at the axis. */
  counts?: boolean;
  /** What stands at the axis, up to a value; without it, round decimal numbers. */
  ticksTo?: (most: number) => number[];
}

const HEIGHT = 240;

/** Pixels that a label at the axis takes at most: measured ones come too late, and are cut. */
function roomOf(text: string): number {
  return [...text].reduce((sum, one) => sum + (one > "\u2e80" ? 12.5 : 7.5), 0);
}

/** `data`: a row for each group of bars, named by its `name`. */
export default function Chart({ title, data, series, format, counts = false, ticksTo }: ChartProps) {
  const id = useId();
  const most = Math.max(0, ...data.flatMap((row) => series.map(({ key }) => Number(row[key] ?? 0))));
  const ticks = ticksTo?.(most);
  const longest = Math.max(...(ticks ?? [Math.ceil(most * 1.2)]).map((value) => roomOf(format(value))));
  return (
    <>
      <ResponsiveContainer width="100%" height={HEIGHT} minWidth={200}>
        <BarChart data={[...data]} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} title={title} accessibilityLayer>
          <Patterns id={id} />
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis dataKey="name" tick={{ fill: "var(--ink-soft)", fontSize: 12 }} stroke="var(--line-strong)" interval={0} />
          <YAxis
            tick={{ fill: "var(--ink-soft)", fontSize: 12 }}
            stroke="var(--line-strong)"
            tickFormatter={format}
            allowDecimals={!counts}
            {...(ticks ? { ticks, domain: [0, ticks.at(-1) ?? 0] } : {})}
            width={longest + 14}
          />
          <Tooltip
            formatter={(value) => format(Number(value))}
            cursor={{ fill: "var(--sunken)" }}
            isAnimationActive={false}
            contentStyle={{ background: "var(--raised)", border: "1px solid var(--line-strong)", borderRadius: 8 }}
            labelStyle={{ color: "var(--ink)" }}
            itemStyle={{ color: "var(--ink)" }}
          />
          {series.map(({ key, label }, index) => (
            <Bar
              key={key}
              dataKey={key}
              name={label}
              fill={`url(#${id}-${index})`}
              stroke="var(--accent)"
              maxBarSize={36}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
      {series.length > 1 && (
        <ul className={classes["legend"]} aria-hidden="true">
          {series.map(({ key, label }, index) => (
            <li key={key}>
              <svg width="14" height="14">
                <rect x="0.5" y="0.5" width="13" height="13" fill={`url(#${id}-${index})`} stroke="var(--accent)" />
              </svg>
              {label}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Full, striped, dotted, empty: told apart without colours, in print as well. */
function Patterns({ id }: { id: string }) {
  const box = { width: 6, height: 6, patternUnits: "userSpaceOnUse" } as const;
  return (
    <defs>
      <pattern id={`${id}-0`} {...box}>
        <rect width="6" height="6" fill="var(--accent)" />
      </pattern>
      <pattern id={`${id}-1`} {...box} patternTransform="rotate(45)">
        <rect width="6" height="6" fill="var(--accent-soft)" />
        <rect width="2.5" height="6" fill="var(--accent)" />
      </pattern>
      <pattern id={`${id}-2`} {...box}>
        <rect width="6" height="6" fill="var(--raised)" />
        <circle cx="3" cy="3" r="1.4" fill="var(--accent)" />
      </pattern>
      <pattern id={`${id}-3`} {...box}>
        <rect width="6" height="6" fill="var(--raised)" />
      </pattern>
    </defs>
  );
}
