// One part or chapter of what was read: whether it is wanted, its title, its first line, how long it is.
import { memo } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { useWordsText } from "@/shared/projects/useWordsText";
import type { Arranged } from "./importing";
import classes from "./ImportBook.module.css";

interface Props {
  entry: Arranged;
  number: number;
  language: string;
  /** Whether there is a chapter before it that it can be joined to. */
  joins: boolean;
  rename: (title: string) => void;
  tick: (wanted: boolean) => void;
  merge: () => void;
}

const FIRST_LINE = 160;

export const ImportEntry = memo(function ImportEntry({ entry, number, language, joins, rename, tick, merge }: Props) {
  const { t } = useI18n();
  const length = useWordsText();
  const first = entry.paragraphs[0] ?? "";
  return (
    <li className={classes["entry"]} data-kind={entry.kind} data-wanted={entry.wanted} style={{ marginInlineStart: `${Math.min(entry.depth - 1, 4) * 1.1}rem` }}>
      <input
        type="checkbox"
        checked={entry.wanted}
        aria-label={t("import.wanted", { title: entry.title })}
        onChange={(event) => tick(event.currentTarget.checked)}
      />
      <div className={classes["what"]}>
        <input
          className={classes["name"]}
          dir="auto"
          value={entry.title}
          maxLength={500}
          aria-label={t("import.entry.title", { number })}
          onChange={(event) => rename(event.currentTarget.value)}
        />
        <p className={classes["line"]}>
          {entry.kind === "part" ? t("import.part") : length(language, entry.words)}
          {entry.left_out && <strong>{t(`import.left.${entry.left_out}`)}</strong>}
          {joins && (
            <button type="button" onClick={merge} aria-label={t("import.merge.of", { title: entry.title })}>
              {t("import.merge")}
            </button>
          )}
        </p>
        {first && (
          <p className={classes["first"]} dir="auto" lang={language}>
            {first.length > FIRST_LINE ? `${first.slice(0, FIRST_LINE)}…` : first}
          </p>
        )}
      </div>
    </li>
  );
}, same);

/** Its functions work on what is there when they are called: they do not make it another entry. */
function same(one: Props, other: Props): boolean {
  return one.entry === other.entry && one.number === other.number && one.language === other.language && one.joins === other.joins;
}
