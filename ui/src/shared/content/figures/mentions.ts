// Finds the place in the book that a sentence names: "in chapter 12", "第三章", "at 75 %", or the name of a beat or chapter.
interface NamedBeat {
  label: string;
  at: number | null;
}
interface NamedChapter {
  n: string;
  title: string;
  from: number;
  to: number;
}

const CHAPTER = /(?:\bchapters?|\bch\.)\s*(\d+)|第\s*(\d+|[〇零一二两三四五六七八九十百]+)\s*章/giu;
const PERCENT = /(\d{1,3}(?:[.,]\d+)?)\s*[%％]/gu;
const CJK = /[\u3040-\u30ff\u3400-\u9fff]/u;

/** In percent; null where the sentence names none. Of several the first counts. */
export function placeSaid(sentence: string, beats: readonly NamedBeat[], chapters: readonly NamedChapter[]): number | null {
  const found: { where: number; at: number }[] = [];
  for (const match of sentence.matchAll(CHAPTER)) {
    const n = match[1] ?? match[2] ?? "";
    const number = /^\d+$/.test(n) ? Number(n) : fromChinese(n);
    const chapter = chapters.find((one) => Number(one.n) === number);
    if (chapter) found.push({ where: match.index, at: middle(chapter) });
  }
  for (const match of sentence.matchAll(PERCENT)) {
    const at = Number((match[1] ?? "").replace(",", "."));
    if (at <= 100) found.push({ where: match.index, at });
  }
  for (const { label, at } of beats) {
    const where = at === null ? -1 : named(sentence, label);
    if (where >= 0 && at !== null) found.push({ where, at });
  }
  for (const chapter of chapters) {
    const where = named(sentence, chapter.title);
    if (where >= 0) found.push({ where, at: middle(chapter) });
  }
  found.sort((one, other) => one.where - other.where);
  return found[0]?.at ?? null;
}

function middle({ from, to }: NamedChapter): number {
  return (from + to) / 2;
}

/** Where `name` stands in the sentence, as whole words. Short everyday words ("Go", "Need") are no names of places. */
function named(sentence: string, name: string): number {
  const own = CJK.test(name) ? name.length >= 3 : name.length >= 8 || /\S\s+\S/.test(name);
  if (!own) return -1;
  const where = sentence.toLowerCase().indexOf(name.toLowerCase());
  if (where < 0 || CJK.test(name)) return where;
  const around = (sentence[where - 1] ?? " ") + (sentence[where + name.length] ?? " ");
  return /[\p{L}\p{N}]/u.test(around) ? -1 : where;
}

const DIGITS = "零一二三四五六七八九";

/** 1 to 999 in Chinese numerals; NaN for what is none. */
export function fromChinese(text: string): number {
  let [sum, digit] = [0, 0];
  for (const sign of text.replaceAll("〇", "零").replaceAll("两", "二")) {
    const value = DIGITS.indexOf(sign);
    if (value >= 0) digit = value;
    else if (sign === "十") [sum, digit] = [sum + (digit || 1) * 10, 0];
    else if (sign === "百") [sum, digit] = [sum + (digit || 1) * 100, 0];
    else return NaN;
  }
  return sum + digit || NaN;
}
