// How long a text is, in the words of the page's language.
import { countContent } from "@/shared/content/count";
import { useI18n } from "@/shared/i18n/i18n";
import { inCharacters } from "@/shared/lib/languages";

/** `language`: in which nothing is written yet (BCP 47): it tells what is counted as long as there is nothing. */
export function LengthText({ content, language: written = "" }: { content: unknown; language?: string }) {
  const { t, language } = useI18n();
  const { words, characters } = countContent(content);
  const format = new Intl.NumberFormat(language);
  const parts = [];
  const nothing = words === 0 && characters === 0;
  if (characters > 0 || (nothing && inCharacters(written))) parts.push(t("proposal.characters", { n: format.format(characters) }));
  if (words > 0 || parts.length === 0) parts.push(t(words === 1 ? "project.words.one" : "proposal.words", { n: format.format(words) }));
  return <span>{parts.join(" · ")}</span>;
}
