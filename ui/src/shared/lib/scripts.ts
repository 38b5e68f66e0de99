// In which language a text seems to be, by its script alone. Latin letters say nothing of it. Pure.

/** Script, the language that it stands for, and letters by which others that write in it are told. */
const SCRIPTS: [RegExp, string, [RegExp, string][]][] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, "ja", []],
  [/\p{Script=Hangul}/gu, "ko", []],
  [/\p{Script=Han}/gu, "zh", []],
  [/\p{Script=Arabic}/gu, "ar", [[/[ٹڈڑےں]/, "ur"], [/[پچژگ]/, "fa"]]],
  [/\p{Script=Hebrew}/gu, "he", []],
  [/\p{Script=Cyrillic}/gu, "ru", [[/[іїєґ]/i, "uk"]]],
  [/\p{Script=Greek}/gu, "el", []],
  [/\p{Script=Thai}/gu, "th", []],
  [/\p{Script=Devanagari}/gu, "hi", []],
  [/\p{Script=Bengali}/gu, "bn", []],
  [/\p{Script=Tamil}/gu, "ta", []],
  [/\p{Script=Georgian}/gu, "ka", []],
  [/\p{Script=Armenian}/gu, "hy", []],
];
/** So much of a text is looked at. */
const LOOKED_AT = 2_000;

/** A tag (BCP 47), or null where the script says nothing. */
export function languageByScript(text: string): string | null {
  const start = text.slice(0, LOOKED_AT);
  const count = (letters: RegExp) => start.match(letters)?.length ?? 0;
  const latin = count(/\p{Script=Latin}/gu);
  const found = SCRIPTS.map(([letters, language, told]) => ({ n: count(letters), language, told }));
  const kana = found[0]?.n ?? 0;
  const han = found[2]?.n ?? 0;
  // Japanese is written in both; a Chinese text has kana at most in a name
  if (kana > 0 && kana * 10 >= han && kana + han > latin / 5) return "ja";
  const most = found.reduce((one, other) => (other.n > one.n ? other : one));
  // an ideograph is a word where others need five letters
  const weight = most.language === "zh" ? 5 : 1;
  if (most.n === 0 || most.n * weight <= latin) return null;
  return most.told.find(([letters]) => letters.test(start))?.[1] ?? most.language;
}
