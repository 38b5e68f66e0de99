// The people of a story and how they stand to each other, as a graph. Whoever is named is in it, also if nobody described them.
import { asItems, asText } from "../values";

export interface Person {
  /** What it is known by in the graph. */
  key: string;
  name: string;
  role: string;
  /** Where it stands in the list; null: only named by others. */
  index: number | null;
}
export interface Relation {
  surface: string;
  hidden: string;
  change: string;
}
/** All that one person has with another, in one direction. */
export interface Tie {
  from: string;
  to: string;
  said: Relation[];
  /** From 1, in the order of the list. */
  n: number;
}
export interface Graph {
  people: Person[];
  ties: Tie[];
}

export function readGraph(content: Record<string, unknown>, names: ReadonlyMap<string, string>): Graph {
  const items = asItems(content["characters"]);
  const people = new Map<string, Person>();
  const keys = items.map((item, index) => {
    const [id, name] = [asText(item["id"]), asText(item["name"])];
    if (!id && !name) return null; // a draft's next person, of whom nothing is written yet
    const key = id && !people.has(id) ? id : `${index}\n${id}`; // no id has a line break
    people.set(key, { key, name, role: asText(item["role"]), index });
    return key;
  });
  const ties = new Map<string, Tie>();
  items.forEach((item, index) => {
    const from = keys[index];
    if (!from) return;
    for (const relation of asItems(item["relations"])) {
      const to = asText(relation["target_id"]);
      if (!to) continue;
      if (!people.has(to)) people.set(to, { key: to, name: names.get(to) ?? to, role: "", index: null });
      const said = { surface: asText(relation["surface"]), hidden: asText(relation["hidden_tension"]), change: asText(relation["change"]) };
      const pair = JSON.stringify([from, to]);
      const tie = ties.get(pair) ?? { from, to, said: [], n: ties.size + 1 };
      tie.said.push(said);
      ties.set(pair, tie);
    }
  });
  return { people: [...people.values()], ties: [...ties.values()] };
}

export function isTense({ said }: Tie): boolean {
  return said.some(({ hidden }) => hidden !== "");
}

/** Everybody that `key` has to do with, and in which directions. */
export function neighbours({ ties }: Graph, key: string): Set<string> {
  const found = new Set<string>();
  for (const { from, to } of ties) {
    if (from === key) found.add(to);
    if (to === key) found.add(from);
  }
  found.delete(key);
  return found;
}
