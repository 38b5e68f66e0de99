// The text of the part of a plot line that was chosen.
import { useContext } from "react";
import { useI18n, type Translate } from "@/shared/i18n/i18n";
import { fieldLabel, wordLabel } from "@/shared/i18n/labels";
import { NamesContext } from "../fieldTools";
import { pointer } from "../pointer";
import { asItems, asLines, asText } from "../values";
import type { Chosen } from "./Figure";
import { Labelled } from "./Labelled";
import type { Outline, Thread } from "./outline";
import { whole } from "./plotParts";
import type { Spot } from "./stepping";

/** Where a thread's text says that it is planted and paid; empty: it says nothing. */
export function threadPlace({ from, to }: Thread, t: Translate): string {
  if (from !== null && to !== null) return t("plot.thread.range", { from: whole(from), to: whole(to) });
  if (from !== null) return t("plot.thread.from", { from: whole(from) });
  return to !== null ? t("plot.thread.to", { to: whole(to) }) : "";
}

export function useChosenPart(content: Record<string, unknown>, outline: Outline, spot: Spot | null): Chosen | null {
  const { t, language } = useI18n();
  const names = useContext(NamesContext);
  if (spot === null) return null;
  const item = asItems(content[spot.row])[spot.index] ?? {};
  const text = (key: string) => asText(item[key]);
  const name = (id: string) => names.get(id) ?? id;
  const said = (...facts: string[]) => facts.filter((fact) => fact !== "").join(" · ");
  const path = pointer(spot.row, spot.index);
  const labelled = (...keys: string[]) =>
    keys.map((key) => text(key) && <Labelled key={key} label={fieldLabel(key, language)} text={text(key)} />);
  switch (spot.row) {
    case "acts": {
      const act = outline.acts.find(({ index }) => index === spot.index);
      const where = act ? t("plot.range", { from: whole(act.from), to: whole(act.to) }) : "";
      return { title: text("name"), facts: said(t("plot.act"), where), body: <Plain text={text("purpose")} />, path };
    }
    case "beats": {
      const at = outline.beats.find(({ index }) => index === spot.index)?.at ?? null;
      const facts = said(t("plot.beat"), at === null ? t("plot.noPlace") : `${whole(at)}%`, text("act"));
      return { title: text("label"), facts, body: <><Plain text={text("summary")} />{labelled("character_change")}</>, path };
    }
    case "chapters": {
      const chapter = outline.chapters.find(({ index }) => index === spot.index);
      const words = chapter?.words ? t("plot.words", { n: new Intl.NumberFormat(language).format(chapter.words) }) : "";
      const range = chapter ? t("plot.range", { from: whole(chapter.from), to: whole(chapter.to) }) : "";
      const people = asLines(item["character_ids"]).map(name).join(", ");
      const facts = said(t("plot.chapter", { n: chapter?.n ?? "" }), range, words, text("part"), people);
      return { title: text("title"), facts, body: <><Plain text={text("summary")} />{labelled("turning_point", "hook")}</>, path };
    }
    case "threads": {
      const thread = outline.threads.find(({ index }) => index === spot.index);
      const status = text("status") ? wordLabel(text("status"), language) : "";
      const facts = said(t("plot.thread"), status, thread ? threadPlace(thread, t) : "");
      return { title: text("setup"), facts, body: labelled("planned_payoff"), path };
    }
  }
}

function Plain({ text }: { text: string }) {
  return text ? <p dir="auto">{text}</p> : null;
}
