// What the studio says differs between two states, as rows that the page can show: a name, and the text on both sides. Pure.
import type { SessionState, StageDifferences, ValueChange, WorkStage } from "@/shared/api/types";
import { changes, type Change } from "@/shared/content/changes";
import { dotted, pathName } from "@/shared/content/pathName";
import { segments, valueAt } from "@/shared/content/pointer";
import { SHAPES } from "@/shared/content/shapes";
import { asObject, asText } from "@/shared/content/values";
import type { Language } from "@/shared/i18n/i18n";
import { fieldLabel } from "@/shared/i18n/labels";
import { titleOf } from "../contents";

export type Row = Change & {
  /** Of an item that is at another place in its list: both places, from 1. */
  moved?: { from: number; to: number };
};

/** What the page calls things; each gives the fallback for what it does not know. */
export interface Words {
  language: Language;
  say: (key: string, fallback: string) => string;
  version: (n: number) => string;
}

export interface Sides {
  before: SessionState;
  after: SessionState;
}

/** Not of the writer's text. */
const HIDDEN: readonly string[] = ["id", "locked", "origin", "parent_id", "created_at", "event_id"];

/** A value in words, however deep it is. */
export function inWords(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(inWords).filter((text) => text !== "").join(" · ");
  if (typeof value === "object") {
    return Object.entries(value)
      .filter(([key]) => !HIDDEN.includes(key))
      .map(([, part]) => inWords(part))
      .filter((text) => text !== "")
      .join(" · ");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Of a stage's confirmed text: by field and item. A whole text that came or went is told field by field. */
export function confirmedRows(found: StageDifferences, { before, after }: Sides, words: Words): Row[] {
  const stage = found.stage as WorkStage;
  const shape = SHAPES[stage];
  return found.confirmed.flatMap((change) => {
    if (change.path === "") return changes(shape, change.before, change.after);
    const known = [after, before].map((side) => side.confirmed_data[stage]).find((content) => valueAt(content, change.path) !== undefined);
    const name = known ? pathName(shape, known, dotted(known, change.path), words.language) : loosely(change.path, words);
    return [row(name, change)];
  });
}

/** A proposal by its version and title: its text is looked at in the studio. */
export function proposalRows(found: StageDifferences, words: Words): Row[] {
  return found.proposals.flatMap((change) => {
    const whole = asObject(change.after ?? change.before);
    if (typeof whole["version"] !== "number") return [row(loosely(change.path, words), change)];
    const title = titleOf(found.stage as WorkStage, whole as never);
    const said = `${words.say(`origin.${asText(whole["origin"])}`, "")}${title ? `: ${title}` : ""}`;
    return [row(words.version(whole["version"]), { ...change, before: change.before ? said : null, after: change.after ? said : null })];
  });
}

export function feedbackRows(found: StageDifferences, words: Words): Row[] {
  const text = (value: unknown) => (typeof value === "object" ? (asObject(value)["text"] ?? null) : value);
  const name = words.say("proposal.feedback.given", "");
  return found.feedback.map((change) => row(name, { ...change, before: text(change.before), after: text(change.after) }));
}

/** Status, locks, shortlist and what is accepted, with proposals by their titles and locks by their fields. */
export function settingRows(found: StageDifferences, { before, after }: Sides, words: Words): Row[] {
  const stage = found.stage as WorkStage;
  const known = [after, before].flatMap((side) => side.stages.find((view) => view.stage === stage)?.proposals ?? []);
  return found.settings.flatMap((change) => {
    const [key = ""] = segments(change.path);
    const said = (value: unknown): string => {
      if (Array.isArray(value)) return value.map(said).join(" · ");
      if (typeof value !== "string") return inWords(value);
      if (key === "status") return words.say(`stageStatus.${value}`, value);
      if (key === "locked_paths") return loosely(value, words);
      const proposal = known.find(({ id }) => id === value);
      return proposal ? [words.version(proposal.version), titleOf(stage, proposal)].filter((part) => part).join(" · ") : value;
    };
    return [row(words.say(`diff.key.${key}`, fieldLabel(key, words.language)), { ...change, before: said(change.before), after: said(change.after) })];
  });
}

/** What is not of one stage. */
export function sessionRows(found: readonly ValueChange[], words: Words): Row[] {
  return found.map((change) => {
    const [key = ""] = segments(change.path);
    const said = (value: unknown) => {
      const text = inWords(value);
      return key === "status" ? words.say(`status.${text}`, text) : key === "current_stage" ? words.say(`stage.${text}`, text) : text;
    };
    return row(words.say(`diff.key.${key}`, fieldLabel(key, words.language)), { ...change, before: said(change.before), after: said(change.after) });
  });
}

type Told = Pick<ValueChange, "kind" | "before" | "after" | "before_index" | "after_index">;

function row(name: string, change: Told): Row {
  const told: Row = { where: [{ name }], before: inWords(change.before), after: inWords(change.after) };
  if (change.kind !== "moved") return told;
  return { ...told, moved: { from: (change.before_index ?? 0) + 1, to: (change.after_index ?? 0) + 1 } };
}

const NAMELESS = /^(\d+|.*\d.*-.*|[0-9a-f-]{12,})$/i;

/** A path without its content: the labels of its keys, ids left out. */
function loosely(path: string, words: Words): string {
  return segments(path)
    .filter((part) => part !== "" && !NAMELESS.test(part))
    .map((part) => fieldLabel(part, words.language))
    .join(" › ");
}
