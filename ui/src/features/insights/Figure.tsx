// A chart with its table beside it: every number of the table opens the cases that it was counted from.
import { lazy, Suspense, type ReactNode } from "react";
import type { ChartProps } from "./Chart";
import classes from "./Insights.module.css";

/** With more columns a table takes more of the room than its chart. */
const MANY = 4;

const Chart = lazy(() => import("./Chart"));

interface FigureProps {
  id: string;
  title: string;
  /** What is counted, in a sentence. */
  about: string;
  chart?: Omit<ChartProps, "title"> | undefined;
  columns: readonly string[];
  rows: ReadonlyArray<{ key: string; name: ReactNode; cells: readonly ReactNode[] }>;
  note?: ReactNode;
}

export function Figure({ id, title, about, chart, columns, rows, note }: FigureProps) {
  return (
    <section className={classes["figure"]} aria-labelledby={id} data-testid={`insights-${id}`}>
      <h2 id={id}>{title}</h2>
      <p className={classes["about"]}>{about}</p>
      <div className={chart ? classes["both"] : undefined} data-wide={columns.length > MANY || undefined}>
        {chart && (
          <div className={classes["chart"]}>
            <Suspense fallback={<div className={classes["waiting"]} />}>
              <Chart title={title} {...chart} />
            </Suspense>
          </div>
        )}
        {/* a wide table is moved with the arrow keys as well */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <div className={classes["scroll"]} role="region" aria-labelledby={id} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, name, cells }) => (
                <tr key={key}>
                  <th scope="row">{name}</th>
                  {cells.map((cell, index) => (
                    <td key={columns[index + 1] ?? index}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
      {note && <p className={classes["note"]}>{note}</p>}
    </section>
  );
}
