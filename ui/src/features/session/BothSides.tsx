// Two confirmed sentences that a model found against each other, beside each other, and what it says of them.
import type { Contradiction, WorkStage } from "@/shared/api/types";
import { dotted, pathName } from "@/shared/content/pathName";
import { SHAPES } from "@/shared/content/shapes";
import { useI18n } from "@/shared/i18n/i18n";
import { SentButton } from "@/shared/sent/SentButton";
import { useSettled } from "./contents";
import { useSession } from "./context";
import classes from "./Contradictions.module.css";

export function BothSides({ one, where }: { one: Contradiction; where: string }) {
  const { t, language } = useI18n();
  const { state, stageName } = useSession();
  const source = one.source_stage as WorkStage;
  const content = useSettled(state, [source])?.[source];
  const path = one.source_path ?? "";
  const there = pathName(SHAPES[source], content, dotted(content, path), language);
  return (
    <>
      <div className={classes["sides"]} data-testid="both-sides">
        <figure>
          <figcaption dir="auto">{`${stageName(one.stage)} › ${where}`}</figcaption>
          <blockquote dir="auto">{one.sentence}</blockquote>
        </figure>
        <figure>
          <figcaption dir="auto">{`${stageName(one.source_stage)} › ${there}`}</figcaption>
          <blockquote dir="auto">{one.source_sentence}</blockquote>
        </figure>
      </div>
      {one.said && (
        <p className={classes["note"]}>
          {t("agree.said", { model: one.found_by || t("agree.search.someModel") })}
          {t("app.between")}
          <q dir="auto">{one.said}</q>
        </p>
      )}
      {one.search_id && (
        <p className={classes["note"]}>
          <SentButton sessionId={state.session_id} generationId={one.search_id} />
        </p>
      )}
      {one.proposed === null && <p className={classes["note"]}>{t("agree.said.open")}</p>}
    </>
  );
}
