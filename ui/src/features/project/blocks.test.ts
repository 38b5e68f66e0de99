import { describe, expect, it } from "vitest";
import { applied, chosen, differs, editsOf, joined, matched, paragraphs, placeIn, type Known } from "./blocks";

const base: Known[] = ["Low water.", "High water.", "Slack."].map((text, index) => ({ id: `b${index}`, text, version: 2 }));

function saved(before: readonly Known[], text: string) {
  let fresh = 0;
  return editsOf(before, matched(before, text), () => `new${fresh++}`);
}

describe("a chapter's text as blocks", () => {
  it("saves nothing when nothing was typed", () => {
    expect(saved(base, joined(base))).toEqual([]);
    expect(differs(base, joined(base))).toBe(false);
    expect(differs(base, `${joined(base)}\n\n\n`)).toBe(false);
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

  it("splits and joins paragraphs with the first id kept", () => {
    expect(saved(base, "Low\n\nwater.\n\nHigh water.\n\nSlack.")).toEqual([
      { op: "replace", block_id: "b0", based_on: 2, text: "Low" },
      { op: "insert", block_id: "new0", after: "b0", text: "water." },
    ]);
  });

  it("comes to the same text again after any save", () => {
    const texts = ["", "一。\n\n二。", "Slack.\n\nLow water.", "a\nb\n\n\n\nc", "High water.\n\nHigh water.\n\nx"];
    let known: readonly Known[] = base;
    texts.forEach((text, index) => {
      known = applied(known, saved(known, text), index + 3);
      expect(joined(known)).toBe(paragraphs(text).join("\n\n"));
      expect(differs(known, text)).toBe(false);
    });
  });

  it("leaves stored paragraphs with blank lines in them as they are until they are typed in", () => {
    const odd: Known[] = [{ id: "x", text: "one\n\n\ntwo", version: 4 }, { id: "empty", text: "", version: 4 }];
    expect(joined(odd)).toBe("one\ntwo");
    expect(saved(odd, joined(odd))).toEqual([]);
  });

  it("drops what the server would drop", () => {
    expect(saved(base, "Low\u0007 water.\n\nHigh water.\n\nSlack.")).toEqual([]);
  });

  it("keeps the caret in its paragraph when others change around it", () => {
    const to = [{ id: "n", text: "New above.", version: 3 }, ...base];
    const text = joined(base);
    expect(placeIn(base, text, text.indexOf("water.", 5), to)).toBe(joined(to).indexOf("water.", joined(to).indexOf("High")));
  });

  it("follows the choice between two texts of one paragraph", () => {
    const text = "Low water.\n\nMine.\n\nSlack.";
    const clash = { block_id: "b1", current: "Theirs.", version: 5 };
    const mine = chosen(base, text, clash, "mine");
    expect(saved(mine.base, mine.text)).toEqual([{ op: "replace", block_id: "b1", based_on: 5, text: "Mine." }]);
    const theirs = chosen(base, text, clash, "theirs");
    expect(theirs.text).toBe("Low water.\n\nTheirs.\n\nSlack.");
    expect(saved(theirs.base, theirs.text)).toEqual([]);
    const both = chosen(base, text, clash, "both");
    expect(saved(both.base, both.text)).toEqual([{ op: "insert", block_id: "new0", after: "b1", text: "Mine." }]);
    const gone = chosen(base, text, { ...clash, current: null }, "mine");
    expect(saved(gone.base, gone.text)).toEqual([{ op: "insert", block_id: "new0", after: "b0", text: "Mine." }]);
    const back = chosen(base, "Low water.\n\nSlack.", clash, "theirs");
    expect(back.text).toBe("Low water.\n\nTheirs.\n\nSlack.");
  });
});
