import { describe, expect, it } from "vitest";
import type { Known } from "./blocks";
import { joined } from "./blocks";
import { besideLocked, blockAt, breaks, broken, lockedIn } from "./locks";

const base: Known[] = [
  { id: "a", text: "Low water.", version: 1 },
  { id: "b", text: "High water.", version: 1, locked: true },
  { id: "c", text: "Slack.", version: 1 },
];
const text = "Low water.\n\nHigh water.\n\nSlack.";

describe("locked paragraphs", () => {
  it("are marked where they stand", () => {
    expect(lockedIn(base, text)).toEqual([{ from: 12, to: 23 }]);
    expect(lockedIn(base, `New.\n\n${text}`)).toEqual([{ from: 18, to: 29 }]);
  });
  it("cannot be changed, deleted or joined", () => {
    expect(breaks(base, text, text.replace("High", "Higher"))).toBe(true);
    expect(breaks(base, text, "Low water.\n\nSlack.")).toBe(true);
    expect(breaks(base, text, text.replace("\n\nSlack", " Slack"))).toBe(true);
  });
  it("keep nobody from writing around them", () => {
    expect(breaks(base, text, text.replace("Low", "Lower").replace("Slack.", "Slack.\n\nMore."))).toBe(false);
    expect(breaks(base, text, text.replace("\n\nHigh", "\n\nBetween.\n\nHigh"))).toBe(false);
  });
  it("keep nobody from typing on in a text that differed before", () => {
    const other = text.replace("High", "Higher");
    expect(breaks(base, other, `${other} More.`)).toBe(false);
    expect(broken(base, other)).toEqual(new Set(["b"]));
  });
  it("are found by a place in the text", () => {
    expect(blockAt(base, text, 15)?.id).toBe("b");
    expect(blockAt(base, text, 0)?.id).toBe("a");
    expect(blockAt(base, `${text}\n\nNew.`, text.length + 4)).toBeNull();
  });
  it("get what was typed into them elsewhere as a paragraph behind them", () => {
    const found = base.map((block) => ({ ...block, words: 2, locked: block.id === "b" }));
    const unaware = base.map((block) => ({ ...block, locked: false }));
    const after = besideLocked(unaware, text.replace("High water.", "Mine."), found);
    expect(after?.text).toBe("Low water.\n\nHigh water.\n\nMine.\n\nSlack.");
    expect(broken(after?.base ?? [], after?.text ?? "")).toEqual(new Set());
    expect(besideLocked(unaware, joined(unaware), found)).toBeNull();
  });
});
