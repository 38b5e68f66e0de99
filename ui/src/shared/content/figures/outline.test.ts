import { describe, expect, test } from "vitest";
import { fromChinese, placeSaid } from "./mentions";
import { isEmptyOutline, percent, readOutline } from "./outline";

describe("reading an outline", () => {
  test("chapters stand one after the other, as wide as they are long", () => {
    const { chapters } = readOutline({ chapters: [{ n: 1, title: "A", target_words: 1000 }, { n: 2, title: "B", target_words: 3000 }] });
    expect(chapters.map(({ from, to }) => [from, to])).toEqual([[0, 25], [25, 100]]);
  });
  test("a chapter that does not say how long it is, is of middling length", () => {
    const { chapters } = readOutline({ chapters: [{ n: 1, target_words: 1000 }, { n: 2 }, { n: 3, target_words: 3000 }] });
    expect(chapters.map(({ from, to }) => Math.round(to - from))).toEqual([17, 33, 50]);
    expect(readOutline({ chapters: [{ n: 1 }, { n: 2 }] }).chapters.map(({ to }) => to)).toEqual([50, 100]);
  });
  test("a draft is read as far as it goes, whatever is missing", () => {
    const draft = { acts: [{ name: "One" }, {}], beats: [{ label: "Mid" }, {}, { target_pct: "50%" }], chapters: [{}], threads: [{ setup: "" }, null] };
    const found = readOutline(draft);
    expect(found.beats).toEqual([{ index: 0, label: "Mid", at: null }, { index: 2, label: "", at: 50 }]);
    expect(found.acts).toEqual([{ index: 0, name: "One", from: 0, to: 50 }]);
    expect([found.chapters, found.threads]).toEqual([[], []]);
    expect(isEmptyOutline(readOutline({ beats: "no list", acts: 3 }))).toBe(true);
  });
  test("percents are kept within the book, and what is none has no place", () => {
    expect([-3, 130, "12.5", "25%", "", null, NaN, "half"].map(percent)).toEqual([0, 100, 12.5, 25, null, null, null, null]);
  });
  test("an act that ends before it begins is turned round", () => {
    expect(readOutline({ acts: [{ name: "X", start_pct: 80, end_pct: 20 }] }).acts[0]).toMatchObject({ from: 20, to: 80 });
  });
  test("a thread runs from where its text plants it to where its text pays it, where it says so", () => {
    const content = {
      beats: [{ label: "Midpoint", target_pct: 50 }],
      chapters: [{ n: 1, title: "The bell" }, { n: 2, title: "Fog" }],
      threads: [{ setup: "A key in chapter 1", planned_payoff: "Paid at the midpoint" }, { setup: "A debt", planned_payoff: "Somebody pays" }],
    };
    expect(readOutline(content).threads.map(({ from, to }) => [from, to])).toEqual([[25, 50], [null, null]]);
  });
});

describe("the place that a sentence names", () => {
  const beats = [{ label: "Need", at: 20 }, { label: "Dark night", at: 78 }, { label: "低谷时刻", at: 75 }];
  const chapters = [{ n: "3", title: "Fog", from: 20, to: 30 }, { n: "12", title: "The drowned bell", from: 90, to: 100 }];
  test.each([
    ["In chapter 3, twice", 25],
    ["第十二章收束", 95],
    ["第 3 章", 25],
    ["somewhere near 40 %", 40],
    ["It ends at the dark night.", 78],
    ["在低谷时刻揭晓", 75],
    ["When the drowned bell rings, at 10%", 95],
    ["They need the fog", null],
    ["chapter 99", null],
    ["250 % more", null],
    ["", null],
  ])("%s", (sentence, at) => {
    expect(placeSaid(sentence, beats, chapters)).toBe(at);
  });
  test.each([["三", 3], ["十", 10], ["十二", 12], ["二十", 20], ["一百零五", 105], ["百", 100], ["x", NaN]])("%s is %d", (text, n) => {
    expect(fromChinese(text)).toBe(n);
  });
});
