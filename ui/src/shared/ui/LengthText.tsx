// How long a text is, in the words of the page's language.
import { countContent } from "@/shared/content/count";
import { useI18n } from "@/shared/i18n/i18n";

export function LengthText({ content }: { content: unknown }) {
  const { t, language } = useI18n();
  const { words, characters } = countContent(content);
  const format = new Intl.NumberFormat(language);
  const parts = [];
  if (characters > 0) parts.push(t("proposal.characters", { n: format.format(characters) }));
  if (words > 0 || characters === 0) parts.push(t("proposal.words", { n: format.format(words) }));
  return <span>{parts.join(" · ")}</span>;
}
