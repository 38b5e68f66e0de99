// The places of a world as a tree that can be folded (https://www.w3.org/WAI/ARIA/apg/patterns/treeview/).
import { VisuallyHidden } from "@mantine/core";
import { useId, useMemo, useRef, useState } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { fieldLabel } from "@/shared/i18n/labels";
import { Icon } from "@/shared/ui/Icon";
import { itemSegment, pointer } from "../pointer";
import { SHAPES, type ItemsField } from "../shapes";
import { asItems, asText } from "../values";
import { Figure, type Chosen } from "./Figure";
import { Labelled } from "./Labelled";
import { inSight, placeTree, type Place, type Shown } from "./places";
import type { FigureContent } from "./StageFigure";
import { treeStep } from "./treeStepping";
import classes from "./PlaceTree.module.css";

/** From here on nothing is moved in any further: a narrow page has no room for it. */
const DEEP = 5;
const FIELD = SHAPES.WORLDVIEW.find((field): field is ItemsField => field.key === "locations");

export function PlaceTree({ content }: FigureContent) {
  const { t } = useI18n();
  const tops = useMemo(() => placeTree(content), [content]);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const [focused, setFocused] = useState<number | null>(null);
  const [open, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const keys = useId();
  const shown = inSight(tops, folded);
  const here = shown.find(({ place }) => place.index === focused) ?? shown[0];
  const chosen = useChosenPlace(content, open && focused !== null ? (shown.find(({ place }) => place.index === focused) ?? null) : null);
  if (!here) return null;

  const fold = (place: Place, fold: boolean) => {
    const after = new Set(folded);
    if (fold) after.add(place.index);
    else after.delete(place.index);
    setFolded(after);
  };
  const choose = (place: Place) => {
    setOpen(!(open && focused === place.index));
    setFocused(place.index);
  };
  const pressed = (event: React.KeyboardEvent, place: Place) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(place);
      return;
    }
    const asked = treeStep(shown, folded, place, event.key);
    if (asked === null) return;
    event.preventDefault();
    if ("fold" in asked) fold(place, asked.fold);
    else frame.current?.querySelector<HTMLElement>(`[data-place="${asked.to}"]`)?.focus();
  };
  const row = ({ place, level, parent }: Shown) => {
    const isFolded = folded.has(place.index);
    const item = asItems(content["locations"])[place.index] ?? {};
    const described = asText(item["description"]) || asText(item["significance"]);
    const beside = parent?.children ?? tops;
    return (
      <li
        key={place.index}
        role="treeitem"
        className={classes["item"]}
        data-place={place.index}
        style={{ "--depth": Math.min(level, DEEP) - 1 } as React.CSSProperties}
        aria-level={level}
        aria-setsize={beside.length}
        aria-posinset={beside.indexOf(place) + 1}
        aria-expanded={place.children.length > 0 ? !isFolded : undefined}
        aria-selected={open && focused === place.index}
        tabIndex={here.place === place ? 0 : -1}
        onFocus={() => setFocused(place.index)}
        onKeyDown={(event) => pressed(event, place)}
        onClick={() => choose(place)}
      >
        {place.children.length > 0 ? (
          <span
            className={classes["twist"]}
            aria-hidden="true"
            onClick={(event) => {
              event.stopPropagation();
              fold(place, !isFolded);
            }}
          >
            <Icon name={isFolded ? "right" : "down"} size={14} />
          </span>
        ) : (
          <span className={classes["leaf"]} aria-hidden="true" />
        )}
        {level > DEEP && (
          <span className={classes["level"]} aria-hidden="true">
            {level}
          </span>
        )}
        <span className={classes["name"]} dir="auto" title={place.name}>
          {place.name || "…"}
        </span>
        {place.odd ? (
          <span className={classes["odd"]}>{t(`tree.${place.odd.kind}`, { parent: place.odd.parent })}</span>
        ) : (
          described && (
            <span className={classes["described"]} dir="auto" aria-hidden="true">
              {described}
            </span>
          )
        )}
      </li>
    );
  };
  return (
    <Figure kind="places" title={t("tree.title")} hint={t("tree.hint")} list={<PlaceList content={content} tops={tops} />} chosen={chosen} close={() => setOpen(false)}>
      <div ref={frame}>
        <VisuallyHidden id={keys}>{t("tree.keys")}</VisuallyHidden>
        <ul role="tree" className={classes["tree"]} aria-label={t("tree.title")} aria-describedby={keys}>
          {shown.map(row)}
        </ul>
      </div>
    </Figure>
  );
}

function useChosenPlace(content: Record<string, unknown>, found: { place: Place; parent: Place | null } | null): Chosen | null {
  const { t, language } = useI18n();
  if (found === null) return null;
  const { place, parent } = found;
  const item = asItems(content["locations"])[place.index] ?? {};
  const [description, significance] = [asText(item["description"]), asText(item["significance"])];
  const facts = place.odd ? t(`tree.${place.odd.kind}`, { parent: place.odd.parent }) : parent ? t("tree.within", { parent: parent.name || "…" }) : "";
  return {
    title: place.name,
    facts,
    path: FIELD ? pointer(FIELD.key, itemSegment(FIELD, item, place.index)) : null,
    body: (
      <>
        {description && <p dir="auto">{description}</p>}
        {significance && <Labelled label={fieldLabel("significance", language)} text={significance} />}
        {!description && !significance && <p>{t("tree.nothing")}</p>}
      </>
    ),
  };
}

function PlaceList({ content, tops }: FigureContent & { tops: readonly Place[] }) {
  const { t, language } = useI18n();
  const items = asItems(content["locations"]);
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{fieldLabel("place", language)}</th>
          <th scope="col">{fieldLabel("parent_id", language)}</th>
          <th scope="col">{fieldLabel("significance", language)}</th>
        </tr>
      </thead>
      <tbody>
        {inSight(tops, new Set()).map(({ place, parent }) => (
          <tr key={place.index}>
            <th scope="row" dir="auto">
              {place.name || "…"}
            </th>
            <td dir="auto">{place.odd ? t(`tree.${place.odd.kind}`, { parent: place.odd.parent }) : (parent?.name ?? "—")}</td>
            <td dir="auto">{asText(items[place.index]?.["significance"])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
