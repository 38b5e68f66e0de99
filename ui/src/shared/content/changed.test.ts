import { expect, test } from "vitest";
import { changedAt } from "./changed";

const content = {
  structure: "custom",
  beats: [{ key: "a", label: "A" }, { key: "b", label: "B", shift: { from: "hope", to: "dread" } }],
};

test("one place is changed, and all that lies beside the way is the same value as before", () => {
  const next = changedAt(content, "beats.1.shift.to", () => "peace");
  expect(next).toEqual({ ...content, beats: [content.beats[0], { key: "b", label: "B", shift: { from: "hope", to: "peace" } }] });
  expect((next["beats"] as unknown[])[0]).toBe(content.beats[0]);
  expect(content.beats[1]?.shift?.to).toBe("dread");
});

test("a list is changed from what it is", () => {
  const next = changedAt(content, "beats", (before) => [...(before as unknown[]), {}]);
  expect(next["beats"]).toHaveLength(3);
});

test("what is not there yet is made", () => {
  expect(changedAt({}, "value_shift.from", () => "hope")).toEqual({ value_shift: { from: "hope" } });
});

test("an item that is gone is not made anew", () => {
  expect(changedAt(content, "beats.7.label", () => "lost")).toEqual(content);
});
