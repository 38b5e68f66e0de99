// One field that differs: the words that went and came; or, where little is shared, what it was and what it is now.
import { useMemo } from "react";
import { isMended, wordDiff, type Change } from "@/shared/content/changes";
import { useI18n } from "@/shared/i18n/i18n";
import { fieldLabel } from "@/shared/i18n/labels";
import classes from "./WhatChanged.module.css";

export function Diff({ change }: { change: Change }) {
  const { language } = useI18n();
  const where = change.where
    .flatMap(({ label, name }) => [...(name ? [name] : label ? [fieldLabel(label, language)] : [])])
    .join(" › ");
  return (
    <div>
      <dt>{where}</dt>
      <dd>
        <Difference before={change.before} after={change.after} />
      </dd>
    </div>
  );
}

function Difference({ before, after }: { before: string; after: string }) {
  const { t } = useI18n();
  const pieces = useMemo(() => wordDiff(before, after), [before, after]);
  if (before === "") return <ins>{after}</ins>;
  if (after === "") return <del>{before}</del>;
  if (!isMended(before, after, pieces)) {
    return (
      <>
        <span className={classes["side"]}>
          <span className={classes["word"]}>{t("proposal.changed.was")}</span> <del>{before}</del>
        </span>
        <span className={classes["side"]}>
          <span className={classes["word"]}>{t("proposal.changed.now")}</span> <ins>{after}</ins>
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
