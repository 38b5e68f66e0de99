import { describe, expect, it } from "vitest";
import { applied, caughtUp, chosen, differs, editsOf, joined, matched, paragraphs, partsOf, respelled, type Known, type Part } from "./blocks";
import { chance, type Chance } from "./chance";

const base: Known[] = ["Low water.", "High water.", "Slack."].map((text, index) => ({ id: `b${index}`, text, version: 2 }));

function numbered(prefix: string) {
  let fresh = 0;
  return () => `${prefix}${fresh++}`;
}

function saved(before: readonly Known[], text: string) {
  return editsOf(before, matched(before, text, numbered("new")));
}

function swapped(parts: readonly Part[], at: number): Part[] {
  const after = [...parts];
  after.splice(at, 2, parts[at + 1]!, parts[at]!);
  return after;
}

describe("a chapter's text as blocks", () => {
  it("saves nothing when nothing was typed", () => {
    expect(saved(base, joined(partsOf(base)))).toEqual([]);
    expect(differs(base, partsOf(base))).toBe(false);
    expect(differs(base, [...partsOf(base), { id: "x", text: " " }])).toBe(false);
  });

  it("replaces the paragraph that was typed in, and no other", () => {
    expect(saved(base, "Low water.\n\nThe sea rose.\n\nSlack.")).toEqual([
      { op: "replace", block_id: "b1", based_on: 2, text: "The sea rose." },
    ]);
  });

  it("inserts behind the paragraph before, and deletes what is gone", () => {
    expect(saved(base, "First.\n\nLow water.\n\nHigh water.\n\nMore.\n\nEven more.\n\nSlack.")).toEqual([
      { op: "insert", block_id: "new0", after: null, text: "First." },
      { op: "insert", block_id: "new1", after: "b1", text: "More." },
      { op: "insert", block_id: "new2", after: "new1", text: "Even more." },
    ]);
    expect(saved(base, "Low water.\n\nSlack.")).toEqual([{ op: "delete", block_id: "b1", based_on: 2 }]);
  });

  it("moves what changed its place, and never a locked paragraph", () => {
    const down = swapped(partsOf(base), 0);
    expect(editsOf(base, down)).toHaveLength(1);
    const locked = base.map((block, index) => ({ ...block, locked: index === 0 }));
    expect(editsOf(locked, down)).toEqual([{ op: "move", block_id: "b1", based_on: 2, after: null }]);
    const other = base.map((block, index) => ({ ...block, locked: index === 1 }));
    expect(editsOf(other, down)).toEqual([{ op: "move", block_id: "b0", based_on: 2, after: "b1" }]);
  });

  it("comes to the second of any two texts by the edits between them", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const next = chance(seed);
      const known: Known[] = Array.from({ length: next(8) }, (_, index) => ({
        id: `k${index}`,
        text: `stored ${index}`,
        version: 1 + next(3),
        locked: next(5) === 0,
      }));
      const parts = changedParts(next, known);
      const edits = editsOf(known, parts);
      const after = applied(known, edits, 9);
      expect(partsOf(after), `seed ${seed}`).toEqual(parts.filter(({ text }) => text.trim() !== ""));
      expect(differs(after, parts)).toBe(false);
      expect(editsOf(after, parts)).toEqual([]);
      const locked = new Set(known.filter((block) => block.locked).map(({ id }) => id));
      expect(edits.filter(({ block_id }) => locked.has(block_id))).toEqual([]);
      const stood = new Map(known.map(({ id, version }) => [id, version]));
      for (const edit of edits) expect("based_on" in edit ? edit.based_on : undefined).toBe(stood.get(edit.block_id));
    }
  });

  it("comes to the same text again after any save", () => {
    const texts = ["", "一。\n\n二。", "Slack.\n\nLow water.", "a\nb\n\n\n\nc", "High water.\n\nHigh water.\n\nx"];
    const fresh = numbered("new");
    let known: readonly Known[] = base;
    texts.forEach((text, index) => {
      known = applied(known, editsOf(known, matched(known, text, fresh)), index + 3);
      expect(joined(partsOf(known))).toBe(paragraphs(text).join("\n\n"));
    });
  });

  it("leaves stored paragraphs with blank lines in them as they are until they are typed in", () => {
    const odd: Known[] = [{ id: "x", text: "one\n\n\ntwo", version: 4 }, { id: "empty", text: "", version: 4 }];
    expect(joined(partsOf(odd))).toBe("one\ntwo");
    expect(editsOf(odd, partsOf(odd))).toEqual([]);
  });

  it("drops what the server would drop", () => {
    expect(saved(base, "Low\u0007 water.\n\nHigh water.\n\nSlack.")).toEqual([]);
  });

  it("gives a paragraph that was deleted and is back a new id", () => {
    const used = new Set(["b0", "b1", "b2", "gone"]);
    const parts = [...partsOf(base), { id: "gone", text: "Back." }, { id: "fresh", text: "New." }];
    expect(respelled(base, parts, used, () => "other")).toEqual(new Map([["gone", "other"]]));
  });

  it("knows what was saved although its answer never came", () => {
    const parts = [{ id: "b0", text: "Ebb." }, { id: "n", text: "New." }, { id: "b1", text: "Mine." }];
    const found: Known[] = [
      { id: "b0", text: "Ebb.", version: 3 },
      { id: "n", text: "New.", version: 3 },
      { id: "b1", text: "Theirs.", version: 4 },
    ];
    const after = caughtUp(base, parts, found);
    expect(after).toEqual([found[0], found[1], base[1]]);
    expect(editsOf(after, parts)).toEqual([{ op: "replace", block_id: "b1", based_on: 2, text: "Mine." }]);
  });

  it("follows the choice between two texts of one paragraph", () => {
    const parts = [...partsOf(base).slice(0, 1), { id: "b1", text: "Mine." }, ...partsOf(base).slice(2)];
    const clash = { block_id: "b1", current: "Theirs.", version: 5 };
    const choose = (choice: "mine" | "theirs" | "both", current: string | null = clash.current, from: Part[] = parts) =>
      chosen(base, from, { ...clash, current }, choice, () => "new");
    const mine = choose("mine");
    expect(editsOf(mine.base, mine.parts)).toEqual([{ op: "replace", block_id: "b1", based_on: 5, text: "Mine." }]);
    const theirs = choose("theirs");
    expect(joined(theirs.parts)).toBe("Low water.\n\nTheirs.\n\nSlack.");
    expect(editsOf(theirs.base, theirs.parts)).toEqual([]);
    const both = choose("both");
    expect(editsOf(both.base, both.parts)).toEqual([{ op: "insert", block_id: "new", after: "b1", text: "Mine." }]);
    const gone = choose("mine", null);
    expect(joined(gone.parts)).toBe("Low water.\n\nMine.\n\nSlack.");
    expect(editsOf(gone.base, gone.parts)).toEqual([{ op: "insert", block_id: "b1", after: "b0", text: "Mine." }]);
    const back = choose("theirs", "Theirs.", [parts[0]!, parts[2]!]);
    expect(joined(back.parts)).toBe("Low water.\n\nTheirs.\n\nSlack.");
  });
});

/** The stored paragraphs after any typing: some gone, changed, moved, or new; locked ones as they are. */
function changedParts(next: Chance, known: readonly Known[]): Part[] {
  let parts: Part[] = partsOf(known).filter(({ id }) => held(known, id) || next(4) > 0);
  parts = parts.map((part) => (held(known, part.id) || next(3) > 0 ? part : { ...part, text: next(5) === 0 ? " " : `changed ${next(99)}` }));
  for (let moves = next(5); moves > 0 && parts.length > 1; moves--) {
    const from = next(parts.length);
    const [part] = parts.splice(from, 1);
    const to = next(parts.length + 1);
    parts.splice(held(known, part!.id) ? from : to, 0, part!);
  }
  for (let fresh = next(4); fresh > 0; fresh--) parts.splice(next(parts.length + 1), 0, { id: `n${fresh}`, text: `new ${next(99)}` });
  return parts;
}

function held(known: readonly Known[], id: string): boolean {
  return known.some((block) => block.id === id && block.locked === true);
}
