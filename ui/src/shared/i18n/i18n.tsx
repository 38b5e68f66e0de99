// The language of the page: chosen, else the browser's.
import { createContext, useCallback, useContext, useEffect, useMemo, type ReactNode } from "react";
import type { Problem } from "@/shared/api/problem";
import { useStored } from "@/shared/lib/useStored";
import { en, type Key } from "./en";
import { noteText, type NoteCode } from "./notes";
import { failuresZh, reasonsZh, testsZh, unnamedZh, warningsZh } from "./reasons";
import { zh } from "./zh";

export type Language = "en" | "zh";
type Values = Record<string, string | number>;
export type Translate = (key: Key, values?: Values) => string;

interface I18n {
  language: Language;
  /** For dates and numbers: the reader's own region, where the browser tells it. */
  locale: string;
  setLanguage: (language: Language) => void;
  t: Translate;
}

const Context = createContext<I18n | null>(null);

export function I18nProvider({ children }: { children: ReactNode }) {
  const [chosen, setChosen] = useStored("genesis:language");
  const language: Language = (chosen || navigator.language).startsWith("zh") ? "zh" : "en";
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  const t = useCallback<Translate>(
    (key, values) => fill((language === "zh" ? zh : en)[key], values),
    [language],
  );
  const locale = navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
  const value = useMemo(() => ({ language, locale, setLanguage: setChosen, t }), [language, locale, setChosen, t]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useI18n(): I18n {
  const found = useContext(Context);
  if (found === null) throw new Error("I18nProvider is missing");
  return found;
}

/** A translation for a key that comes from the server, or the fallback. */
export function useMaybe(): (key: string, fallback: string, values?: Values) => string {
  const { t } = useI18n();
  return useCallback((key, fallback, values) => (key in en ? t(key as Key, values) : fallback), [t]);
}

/** Why something is not possible, as a sentence in the page's language. */
export function useReason(): (code: string | null, sentence: string | null, about?: string | null) => string {
  const { language } = useI18n();
  return useCallback(
    (code, sentence, about = null) => {
      const said = language === "zh" && code !== null ? reasonsZh[code] : undefined;
      return said?.replace("{about}", () => (about === null ? unnamedZh : `“${about}”`)) || sentence || "";
    },
    [language],
  );
}

const OF_MODEL = "failed.model";

/** A warning as a sentence in the page's language; `failure`: the code of what failed, where something did, and `notes`:
 *  what its sentence says beside that, whose model it was first. */
export function useWarningText(): (code: string, sentence: string, failure?: string, notes?: readonly NoteCode[]) => string {
  const { language } = useI18n();
  return useCallback(
    (code, sentence, failure = "", notes = []) => {
      const said = language === "zh" ? (failuresZh[failure] ?? warningsZh[code]) : undefined;
      if (said === undefined) return sentence;
      const whose = notes.filter((note) => note.code === OF_MODEL);
      const more = notes.filter((note) => note.code !== OF_MODEL);
      return [...whose.map((note) => noteText("", note, language)), said, ...more.map((note) => noteText("", note, language))].join("");
    },
    [language],
  );
}

/** A note of the server in the page's language; `place`: what a place in the text is called. */
export function useNoteText(): (sentence: string, code?: NoteCode, place?: (pointer: string) => string) => string {
  const { language } = useI18n();
  return useCallback((sentence, code, place) => noteText(sentence, code, language, place), [language]);
}

/** How a test of a model ended, as a sentence in the page's language. */
export function useTestText(): (code: string, sentence: string) => string {
  const { language } = useI18n();
  return useCallback(
    (code, sentence) => (language === "zh" && (testsZh[code] ?? failuresZh[code])) || sentence,
    [language],
  );
}

/** A problem as a sentence, with the fields that are wrong. */
export function useProblemText(): (problem: Problem) => string {
  const { t } = useI18n();
  const reason = useReason();
  return useCallback(
    (problem) => {
      if (problem.code === "UNREACHABLE") return t("problem.UNREACHABLE");
      if (problem.code === "VERSION_CONFLICT") return t("problem.VERSION_CONFLICT");
      const said = reason(problem.code, problem.detail, problem.about) || t("problem.UNKNOWN");
      const fields = problem.fields
        .slice(0, 3)
        .map(({ field, message }) => `${field.replace(/^payload\.(content\.)?/, "")}${t("app.colon")}${message}`);
      return [said, ...fields].join(" ");
    },
    [reason, t],
  );
}

function fill(text: string, values: Values | undefined): string {
  return values ? text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? "")) : text;
}
