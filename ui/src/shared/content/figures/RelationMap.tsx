// The map of relations: people as boxes, what they have with each other as numbered arrows, dashed where something lies underneath.
import { VisuallyHidden } from "@mantine/core";
import { useContext, useId, useMemo, useRef, useState } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { wordLabel } from "@/shared/i18n/labels";
import { NamesContext } from "../fieldTools";
import { arrows, towards } from "./arrows";
import { Figure } from "./Figure";
import { drawingWidth, layOut, structureOf } from "./relationLayout";
import { RelationList } from "./RelationList";
import { isTense, neighbours, readGraph, type Graph, type Person } from "./relations";
import type { FigureContent } from "./StageFigure";
import { useChosenPerson, type Pick } from "./useChosenPerson";
import { useWidth } from "./useWidth";
import classes from "./RelationMap.module.css";

/** With more relations only those of one person are numbered at a time. */
const MOST_NUMBERS = 24;

export function RelationMap({ content }: FigureContent) {
  const { t } = useI18n();
  const names = useContext(NamesContext);
  const graph = useMemo(() => readGraph(content, names), [content, names]);
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [pick, setPick] = useState<Pick | null>(null);
  const chosen = useChosenPerson(content, graph, pick, (key) => setPick({ kind: "person", key }));
  if (graph.people.length === 0) return null;
  return (
    <Figure
      kind="relations"
      title={t("map.title")}
      hint={t("map.hint")}
      list={<RelationList graph={graph} />}
      chosen={chosen}
      close={() => setPick(null)}
    >
      <div ref={frame} className={classes["frame"]}>
        {width > 0 && <Drawing graph={graph} width={drawingWidth(width)} pick={chosen ? pick : null} setPick={setPick} />}
      </div>
      {graph.ties.length > 0 && (
        <p className={classes["legend"]} aria-hidden="true">
          <span>
            <i className={classes["sample"]} /> {t("map.plain")}
          </span>
          <span>
            <i className={classes["sample"]} data-tense /> {t("map.tense")}
          </span>
        </p>
      )}
    </Figure>
  );
}

interface DrawingProps {
  graph: Graph;
  /** Units of the drawing, which is scaled to the room that there is. */
  width: number;
  pick: Pick | null;
  setPick: (pick: Pick | null) => void;
}

function Drawing({ graph, width, pick, setPick }: DrawingProps) {
  const { t } = useI18n();
  const canvas = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const keys = useId();
  const structure = structureOf(graph);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the structure is all of the graph that a layout depends on
  const layout = useMemo(() => layOut(graph, width), [structure, width]);
  const lines = useMemo(() => arrows(graph.ties, layout), [graph, layout]);
  const near = pick?.kind === "person" ? pick.key : focused;
  const isNear = (from: string, to: string, n: number) =>
    pick?.kind === "tie" ? pick.n === n : near === null || from === near || to === near;
  const all = graph.ties.length <= MOST_NUMBERS;
  const dim = pick !== null || focused !== null;
  const percent = (value: number, of: number) => `${((100 * value) / of).toFixed(3)}%`;

  const pressed = (event: React.KeyboardEvent, here: string) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = towards(layout, here, neighbours(graph, here), event.key);
    if (to === null) return;
    event.preventDefault();
    canvas.current?.querySelector<HTMLElement>(`[data-person="${CSS.escape(to)}"]`)?.focus();
    if (pick) setPick({ kind: "person", key: to });
  };
  return (
    <div
      ref={canvas}
      className={classes["canvas"]}
      role="group"
      aria-label={t("map.title")}
      aria-describedby={keys}
      data-dim={dim || undefined}
      style={{ aspectRatio: `${layout.width} / ${layout.height}`, maxWidth: layout.width * 1.35 }}
    >
      <VisuallyHidden id={keys}>{t("map.keys")}</VisuallyHidden>
      <svg viewBox={`0 0 ${layout.width} ${layout.height}`} className={classes["lines"]} aria-hidden="true">
        {lines.map(({ tie, line, head }) => (
          <g key={tie.n} className={classes["tie"]} data-tense={isTense(tie) || undefined} data-near={isNear(tie.from, tie.to, tie.n) || undefined}>
            <path d={line} className={classes["shaft"]} />
            <path d={head} className={classes["head"]} />
          </g>
        ))}
      </svg>
      {graph.people.map((person) => {
        const point = layout.points.get(person.key) ?? { x: 0, y: 0 };
        return (
          <PersonBox
            key={person.key}
            person={person}
            ties={graph.ties.filter(({ from, to }) => from === person.key || to === person.key).length}
            open={pick?.kind === "person" && pick.key === person.key}
            near={near === null || near === person.key || neighbours(graph, near).has(person.key)}
            style={{
              left: percent(point.x - layout.box.width / 2, layout.width),
              top: percent(point.y - layout.box.height / 2, layout.height),
              width: percent(layout.box.width, layout.width),
              height: percent(layout.box.height, layout.height),
              fontSize: `${((100 * (layout.width < 480 ? 11 : 12.5)) / layout.width).toFixed(3)}cqw`,
            }}
            onClick={() => setPick(pick?.kind === "person" && pick.key === person.key ? null : { kind: "person", key: person.key })}
            onFocus={() => {
              setFocused(person.key);
              if (pick) setPick({ kind: "person", key: person.key });
            }}
            onBlur={() => setFocused(null)}
            onKeyDown={(event) => pressed(event, person.key)}
          />
        );
      })}
      {lines.map(({ tie, badge }) =>
        all || (near !== null && isNear(tie.from, tie.to, tie.n)) ? (
          // people and the list give the keyboard the same
          <button
            key={tie.n}
            type="button"
            tabIndex={-1}
            aria-hidden="true"
            className={classes["badge"]}
            data-near={isNear(tie.from, tie.to, tie.n) || undefined}
            style={{ left: percent(badge.x, layout.width), top: percent(badge.y, layout.height), fontSize: `${(1000 / layout.width).toFixed(3)}cqw` }}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => setPick({ kind: "tie", n: tie.n })}
          >
            {tie.n}
          </button>
        ) : null,
      )}
    </div>
  );
}

interface PersonBoxProps extends React.ButtonHTMLAttributes<HTMLButtonElement> {
  person: Person;
  /** How many relations they have. */
  ties: number;
  open: boolean;
  near: boolean;
}

function PersonBox({ person, ties, open, near, ...rest }: PersonBoxProps) {
  const { t, language } = useI18n();
  const role = person.index === null ? t("figure.unknown") : person.role ? wordLabel(person.role, language) : "";
  return (
    <button
      type="button"
      className={classes["person"]}
      data-person={person.key}
      data-role={person.role || undefined}
      data-unknown={person.index === null || undefined}
      data-near={near || undefined}
      aria-expanded={open}
      title={person.name}
      {...rest}
    >
      <span className={classes["name"]} dir="auto">
        {person.name || "…"}
      </span>
      {role && (person.index === null ? <VisuallyHidden>{role}</VisuallyHidden> : <small>{role}</small>)}
      <VisuallyHidden>{t(ties === 1 ? "map.relations.one" : "map.relations.many", { n: ties })}</VisuallyHidden>
    </button>
  );
}
