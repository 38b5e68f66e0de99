// The text of the person or the relation that was chosen on a map.
import { UnstyledButton } from "@mantine/core";
import { useI18n } from "@/shared/i18n/i18n";
import { fieldLabel, wordLabel } from "@/shared/i18n/labels";
import { itemSegment, pointer } from "../pointer";
import { SHAPES, type ItemsField } from "../shapes";
import { asItems, asText } from "../values";
import type { Chosen } from "./Figure";
import { Labelled } from "./Labelled";
import type { Graph, Tie } from "./relations";
import classes from "./RelationMap.module.css";

export type Pick = { kind: "person"; key: string } | { kind: "tie"; n: number };

const FIELD = SHAPES.CHARACTERS.find((field): field is ItemsField => field.key === "characters");

export function useChosenPerson(content: Record<string, unknown>, graph: Graph, pick: Pick | null, goOn: (key: string) => void): Chosen | null {
  const { t, language } = useI18n();
  if (pick === null) return null;
  const name = (key: string) => graph.people.find((person) => person.key === key)?.name || "…";
  const path = (key: string) => {
    const index = graph.people.find((person) => person.key === key)?.index ?? null;
    const item = index === null ? undefined : asItems(content["characters"])[index];
    return index === null || !item || !FIELD ? null : pointer(FIELD.key, itemSegment(FIELD, item, index));
  };
  if (pick.kind === "tie") {
    const tie = graph.ties.find(({ n }) => n === pick.n);
    if (!tie) return null;
    return { title: `${name(tie.from)} → ${name(tie.to)}`, body: <Said tie={tie} />, path: path(tie.from) };
  }
  const person = graph.people.find(({ key }) => key === pick.key);
  if (!person) return null;
  const item = person.index === null ? {} : (asItems(content["characters"])[person.index] ?? {});
  const ties = graph.ties.filter(({ from, to }) => from === pick.key || to === pick.key);
  const role = person.index === null ? t("figure.unknown") : person.role ? wordLabel(person.role, language) : "";
  const line = asText(item["one_line_storyline"]);
  return {
    title: person.name,
    facts: role,
    path: path(pick.key),
    body: (
      <>
        {line && <p dir="auto">{line}</p>}
        {ties.length === 0 && <p className={classes["quiet"]}>{t("map.alone")}</p>}
        <ul className={classes["ties"]} aria-label={fieldLabel("relations", language)}>
          {ties.map((tie) => {
            const other = tie.from === pick.key ? tie.to : tie.from;
            return (
              <li key={tie.n}>
                <span className={classes["number"]}>{tie.n}</span>
                <div>
                  <UnstyledButton className={classes["other"] ?? ""} onClick={() => goOn(other)} aria-label={t("map.tie", { n: tie.n, from: name(tie.from), to: name(tie.to) })}>
                    <bdi>{name(tie.from)}</bdi> → <bdi>{name(tie.to)}</bdi>
                  </UnstyledButton>
                  <Said tie={tie} />
                </div>
              </li>
            );
          })}
        </ul>
      </>
    ),
  };
}

function Said({ tie }: { tie: Tie }) {
  const { language } = useI18n();
  return (
    <>
      {tie.said.map(({ surface, hidden, change }, index) => (
        <div key={index}>
          {surface && <p dir="auto">{surface}</p>}
          {hidden && <Labelled label={fieldLabel("hidden_tension", language)} text={hidden} />}
          {change && <Labelled label={fieldLabel("change", language)} text={change} />}
        </div>
      ))}
    </>
  );
}
