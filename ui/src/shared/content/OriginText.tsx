// A text as it is read; and, where it was asked who wrote it, each sentence as something that can be pressed.
import type { KeyboardEvent } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import classes from "./Origins.module.css";
import { useOrigins, type Sentence } from "./origins";

interface TextProps {
  path: string;
  text: string;
}

export function OriginText({ path, text }: TextProps) {
  const origins = useOrigins();
  if (origins?.authorOf(path) == null || text === "") return text;
  const { chosen } = origins;
  return origins.sentencesOf(path, text).map((sentence, place) => (
    <SentenceView
      key={place}
      sentence={sentence}
      chosen={chosen?.path === path && chosen.place === place}
      open={() => origins.open(path, place, sentence)}
    />
  ));
}

interface SentenceProps {
  sentence: Sentence;
  chosen: boolean;
  open: () => void;
}

function SentenceView({ sentence, chosen, open }: SentenceProps) {
  const { t } = useI18n();
  const authors = new Set(sentence.map(({ by }) => by));
  const [only] = authors;
  const whose = authors.size === 1 && only ? only : authors.has("person") || authors.has("edited") ? "edited" : "ai";
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    open();
  };
  // no <button>: it would not break across lines
  return (
    <span
      role="button"
      tabIndex={-1}
      className={classes["sentence"]}
      data-field-tool
      data-testid="origin"
      aria-pressed={chosen}
      onClick={open}
      onKeyDown={pressed}
    >
      {sentence.map((piece, place) => (
        <span key={place} className={classes["piece"]} data-by={piece.by}>
          {piece.text}
        </span>
      ))}
      <span className={classes["spoken"]}>{` (${t(`origin.by.${whose}`)})`}</span>
    </span>
  );
}

/** Whose the whole value is, in a word. */
export function OriginWord({ path }: { path: string }) {
  const { t } = useI18n();
  const author = useOrigins()?.authorOf(path) ?? null;
  if (author === null) return null;
  return (
    <span className={classes["word"]} data-by={author}>
      {t(`origin.by.${author}`)}
    </span>
  );
}
