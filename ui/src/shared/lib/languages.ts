// Languages that a text can be written in, by their own names. Any other tag (BCP 47) can still be given by the API.
const TAGS = ["en", "zh", "es", "fr", "de", "pt", "it", "ja", "ko", "ru", "uk", "ar", "fa", "ur", "he", "el", "hi", "bn", "ta", "th", "ka", "hy"];

export function languageChoices(): { value: string; label: string }[] {
  return TAGS.map((value) => ({ value, label: nameOf(value, value) }));
}

/** What a language is called in another one. */
export function nameOf(tag: string, inLanguage: string): string {
  try {
    return new Intl.DisplayNames([inLanguage], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

const IN_CHARACTERS = /^(zh|ja)(-|$)/i;

/** Whether a text of this language (BCP 47) is as long as its characters, not its words. */
export function inCharacters(language: string): boolean {
  return IN_CHARACTERS.test(language);
}
