// How long a book or a part of it is: in characters where its language counts those, else in words.
import { useI18n } from "@/shared/i18n/i18n";
import { inCharacters } from "@/shared/lib/languages";

/** `language`: the book's (BCP 47), whatever the page's is. `target`: 0, there is none. */
export function useWordsText(): (language: string, words: number, target?: number) => string {
  const { t, locale } = useI18n();
  const number = new Intl.NumberFormat(locale);
  return (language, words, target = 0) => {
    const unit = inCharacters(language) ? "project.characters" : "project.words";
    const n = number.format(words);
    if (target === 0 && words === 1 && unit === "project.words") return t("project.words.one", { n });
    return target > 0 ? t(`${unit}.of`, { n, target: number.format(target) }) : t(unit, { n });
  };
}
