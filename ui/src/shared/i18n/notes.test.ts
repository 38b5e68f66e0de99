import { describe, expect, it } from "vitest";
import { noteText, notesIn } from "./notes";

const INSTEAD = {
  code: "instead",
  values: { failed: "In the office", why: { code: "why.KEY_REFUSED", values: {} }, used: "At home" },
};

describe("notes", () => {
  it("are said in the page's language, whatever the session's is", () => {
    expect(noteText("recorded", INSTEAD, "en")).toBe(
      "“In the office” was not used: its key was refused. “At home” is asked instead.",
    );
    expect(noteText("recorded", INSTEAD, "zh")).toBe("没有使用“In the office”：它的密钥被拒绝。改用“At home”。");
  });

  it("list what they are about, codes and names alike", () => {
    const world = { code: "missing.world", values: { what: [{ code: "missing.locations" }, { code: "missing.history" }] } };
    expect(noteText("", world, "zh")).toBe("世界设定中，以下部分没有写出来：地点、历史。");
    expect(noteText("", { code: "missing.unchanged", values: { what: ["Ines", "Tom"] } }, "en")).toMatch(/: Ines, Tom\.$/);
  });

  it("name a place as the page calls it", () => {
    const note = { code: "finding.SPARK_COPIED", values: { path: "/hook" } };
    expect(noteText("", note, "zh", () => "钩子")).toBe("钩子 只是重复了你自己的话。");
  });

  it("stay the recorded sentence where there is no code, or one that is not known here", () => {
    expect(noteText("As it was.", undefined, "zh")).toBe("As it was.");
    expect(noteText("As it was.", { code: "" }, "zh")).toBe("As it was.");
    expect(noteText("As it was.", { code: "newer.than.this" }, "zh")).toBe("As it was.");
  });

  it("show what the writer's text holds as it is", () => {
    expect(noteText("", { code: "finding.BANNED", values: { what: "{what} $& <b>" } }, "en")).toContain("{what} $& <b>");
  });

  it("are read from an entry that may hold anything", () => {
    expect(notesIn([INSTEAD, "text", null, { code: 3 }])).toEqual([INSTEAD]);
    expect(notesIn("none")).toEqual([]);
  });
});
