// One field that differs: the words that went and came; or, where little is shared, what it was and what it is now.
import { useMemo } from "react";
import { isMended, wordDiff, type Change } from "@/shared/content/changes";
import type { Key } from "@/shared/i18n/en";
import { useI18n } from "@/shared/i18n/i18n";
import { fieldLabel } from "@/shared/i18n/labels";
import classes from "./WhatChanged.module.css";

interface DiffProps {
  change: Change;
  /** What the two sides are called. */
  words?: readonly [Key, Key];
}

export function Diff({ change, words = ["proposal.changed.was", "proposal.changed.now"] }: DiffProps) {
  const { language } = useI18n();
  const where = change.where
    .flatMap(({ label, name }) => [...(name ? [name] : label ? [fieldLabel(label, language)] : [])])
    .join(" › ");
  return (
    <div>
      <dt dir="auto">{where}</dt>
      <dd dir="auto">
        <Difference before={change.before} after={change.after} words={words} />
      </dd>
    </div>
  );
}

function Difference({ before, after, words }: { before: string; after: string; words: readonly [Key, Key] }) {
  const { t } = useI18n();
  const pieces = useMemo(() => wordDiff(before, after), [before, after]);
  if (before === "") return <ins dir="auto">{after}</ins>;
  if (after === "") return <del dir="auto">{before}</del>;
  if (!isMended(before, after, pieces)) {
    return (
      <>
        <span className={classes["side"]}>
          <span className={classes["word"]}>{t(words[0])}</span> <del dir="auto">{before}</del>
        </span>
        <span className={classes["side"]}>
          <span className={classes["word"]}>{t(words[1])}</span> <ins dir="auto">{after}</ins>
        </span>
      </>
    );
  }
  return pieces.map((piece, index) => {
    if (piece.kind === "added") return <ins key={index}>{piece.text}</ins>;
    if (piece.kind === "removed") return <del key={index}>{piece.text}</del>;
    return <span key={index}>{piece.text}</span>;
  });
}
