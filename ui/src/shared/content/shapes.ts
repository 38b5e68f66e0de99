// The shape of each stage's content (domain/genesis/content.py): what to read, in which order, and what can be edited.
import type { WorkStage } from "@/shared/api/types";

interface Base {
  key: string;
  required?: boolean;
}
export interface TextField extends Base {
  kind: "line" | "text" | "lines";
}
export interface NumberField extends Base {
  kind: "number";
  min: number;
  max: number;
}
export interface ChoiceField extends Base {
  kind: "choice";
  options: readonly string[];
}
/** Names another item by its id: people or places of this or another stage. */
export interface RefField extends Base {
  kind: "ref" | "refs";
  to: "characters" | "locations";
}
export interface GroupField extends Base {
  kind: "group";
  fields: readonly Field[];
}
export interface ItemsField extends Base {
  kind: "items";
  fields: readonly Field[];
  /** The field that names an item. */
  title: string;
  /** A quiet word beside the name. */
  badge?: string;
  /** The key that identifies an item, made for a new one. */
  id?: "id" | "key" | "n";
  look?: "cards" | "scale" | "numbered" | "rows";
  /** The field that is read right under the name, without a label. */
  body?: string;
  /** What is read at once; the rest is folded away. None: everything. */
  lead?: readonly string[];
}
export type Field = TextField | NumberField | ChoiceField | RefField | GroupField | ItemsField;

const line = (key: string, required = false): Field => ({ key, kind: "line", required });
const text = (key: string, required = false): Field => ({ key, kind: "text", required });
const lines = (key: string): Field => ({ key, kind: "lines" });
const number = (key: string, min: number, max: number, required = false): Field => ({ key, kind: "number", min, max, required });
const choice = (key: string, ...options: string[]): Field => ({ key, kind: "choice", options });
const group = (key: string, ...fields: Field[]): Field => ({ key, kind: "group", fields });
const items = (
  key: string,
  how: Pick<ItemsField, "title" | "badge" | "id" | "look" | "required" | "lead" | "body">,
  ...fields: Field[]
): Field => ({ key, kind: "items", fields, ...how });
const people = (key: string, kind: "ref" | "refs", required = false): Field => ({ key, kind, to: "characters", required });
const places = (key: string, kind: "ref" | "refs"): Field => ({ key, kind, to: "locations" });

const structure = choice("structure", "three_act", "save_the_cat", "story_circle", "snowflake", "custom");
const conflict = group("conflict", text("external"), text("internal"));

const concept: Field[] = [
  line("title", true),
  text("logline", true),
  text("hook"),
  text("premise_question", true),
  text("protagonist_sketch"),
  text("central_conflict", true),
  text("stakes"),
  text("unique_angle"),
  text("emotional_core"),
  line("genre"),
  lines("subgenres"),
  line("tone"),
  line("target_audience"),
  lines("themes"),
  lines("comparable_titles"),
];

const story: Field[] = [
  line("working_title", true),
  lines("alternative_titles"),
  text("premise_sentence", true),
  group("one_paragraph", text("setup"), text("disaster_1"), text("disaster_2"), text("disaster_3"), text("ending")),
  text("theme_statement", true),
  text("thematic_question"),
  conflict,
  group("stakes", text("public"), text("personal")),
  text("story_goal"),
  text("consequence_if_failed"),
  line("pov"),
  line("tense"),
  line("tone"),
  group("style_guide", text("sample"), lines("rules"), lines("banned")),
  number("target_words", 0, 2_000_000),
  structure,
  lines("content_limits"),
];

const characters: Field[] = [
  items(
    "characters",
    {
      title: "name",
      badge: "role",
      id: "id",
      look: "cards",
      required: true,
      body: "one_line_storyline",
      lead: ["want", "need", "lie", "truth"],
    },
    line("name", true),
    choice("role", "protagonist", "antagonist", "mentor", "ally", "love_interest", "foil", "supporting"),
    lines("aliases"),
    text("one_line_storyline", true),
    text("want"),
    text("need"),
    text("motivation"),
    text("lie"),
    text("truth"),
    text("wound"),
    text("flaw"),
    text("strength"),
    text("fear"),
    text("secret"),
    text("stakes"),
    conflict,
    group("arc", choice("type", "positive", "negative", "flat"), text("start"), text("midpoint"), text("climax"), text("end")),
    text("epiphany"),
    text("appearance"),
    text("background"),
    group("voice", text("diction"), text("rhythm"), lines("tics"), text("sample_line")),
    items(
      "relations",
      { title: "target_id", look: "rows" },
      people("target_id", "ref", true),
      text("surface"),
      text("hidden_tension"),
      text("change"),
    ),
  ),
];

const world: Field[] = [
  group("setting", line("time"), line("place", true), line("scale"), line("mood")),
  items(
    "rules",
    { title: "name", badge: "kind", id: "id", look: "cards", body: "statement" },
    line("name", true),
    choice("kind", "magic", "technology", "physical", "social"),
    text("statement", true),
    text("cost"),
    text("limits"),
    text("loopholes"),
  ),
  items(
    "locations",
    { title: "name", id: "id", look: "cards", body: "description" },
    line("name", true),
    text("description"),
    text("significance"),
    places("parent_id", "ref"),
  ),
  items(
    "factions",
    { title: "name", id: "id", look: "cards" },
    line("name", true),
    text("goal"),
    text("resources"),
    lines("rivals"),
    text("internal_tension"),
  ),
  lines("cultures"),
  items("history", { title: "when", look: "rows", body: "event" }, line("when"), text("event", true), text("consequence_now")),
  text("power_structure"),
  text("economy"),
  lines("taboos"),
  line("technology_level"),
  lines("motifs"),
  items("glossary", { title: "term", look: "rows", body: "meaning" }, line("term", true), lines("aliases"), text("meaning")),
];

const plot: Field[] = [
  structure,
  items(
    "acts",
    { title: "name", look: "rows", body: "purpose" },
    line("name", true),
    text("purpose"),
    number("start_pct", 0, 100, true),
    number("end_pct", 0, 100, true),
  ),
  items(
    "beats",
    { title: "label", id: "key", look: "scale", required: true, body: "summary" },
    line("label", true),
    number("target_pct", 0, 100, true),
    text("summary", true),
    line("act"),
    text("character_change"),
  ),
  lines("subplots"),
  items(
    "threads",
    { title: "setup", badge: "status", look: "rows" },
    text("setup", true),
    text("planned_payoff"),
    choice("status", "planted", "advanced", "paid", "abandoned"),
  ),
  items(
    "chapters",
    { title: "title", id: "n", look: "numbered", required: true, body: "summary", lead: [] },
    line("title", true),
    line("part"),
    people("pov_character_id", "ref"),
    text("summary", true),
    text("purpose"),
    text("goal"),
    text("conflict"),
    text("turning_point"),
    text("outcome"),
    group("value_shift", line("from"), line("to")),
    people("character_ids", "refs"),
    places("location_ids", "refs"),
    text("hook"),
    number("target_words", 0, 100_000),
    lines("sections"),
  ),
];

export const SHAPES: Record<WorkStage, readonly Field[]> = {
  CONCEPT_SELECTION: concept,
  STORY_CONCEPTION: story,
  CHARACTERS: characters,
  WORLDVIEW: world,
  PLOT_OUTLINE: plot,
};

/** What of a whole content is read at once, where it is compared with others of its kind. */
export const LEAD: Partial<Record<WorkStage, readonly string[]>> = {
  CONCEPT_SELECTION: ["logline", "hook", "premise_question", "central_conflict", "genre", "tone"],
};

/** The field that names a whole content, if it has a name. */
export const TITLE_FIELD: Partial<Record<WorkStage, string>> = {
  CONCEPT_SELECTION: "title",
  STORY_CONCEPTION: "working_title",
};

/** The fields that stand elsewhere: the name is the heading. */
export const SKIP: Partial<Record<WorkStage, readonly string[]>> = {
  CONCEPT_SELECTION: ["title"],
  STORY_CONCEPTION: ["working_title"],
};
