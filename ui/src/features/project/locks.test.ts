import { describe, expect, it } from "vitest";
import { editsOf, joined, partsOf, type Known } from "./blocks";
import { besideLocked, broken, heldFast } from "./locks";

const base: Known[] = [
  { id: "a", text: "Low water.", version: 1 },
  { id: "b", text: "High water.", version: 1, locked: true },
  { id: "c", text: "Slack.", version: 1 },
];
const typed = (text: string) => partsOf(base).map((part) => (part.id === "b" ? { ...part, text } : part));

describe("locked paragraphs", () => {
  it("are held where they stand as they are stored", () => {
    expect(heldFast(base, partsOf(base))).toEqual(new Set(["b"]));
    expect(broken(base, typed("Higher water."))).toEqual(new Set(["b"]));
    expect(broken(base, partsOf(base).slice(2))).toEqual(new Set(["b"]));
  });
  it("keep nobody from typing on in one that differed before", () => {
    expect(heldFast(base, typed("Higher water."))).toEqual(new Set());
  });
  it("get what was typed into them elsewhere as a paragraph behind them", () => {
    const found = base.map((block) => ({ ...block, locked: block.id === "b" }));
    const unaware = base.map((block) => ({ ...block, locked: false }));
    const after = besideLocked(unaware, typed("Mine."), found, () => "new")!;
    expect(joined(after.parts)).toBe("Low water.\n\nHigh water.\n\nMine.\n\nSlack.");
    expect(broken(after.base, after.parts)).toEqual(new Set());
    expect(editsOf(after.base, after.parts)).toEqual([{ op: "insert", block_id: "new", after: "b", text: "Mine." }]);
    expect(besideLocked(unaware, partsOf(unaware), found, () => "new")).toBeNull();
  });
});
