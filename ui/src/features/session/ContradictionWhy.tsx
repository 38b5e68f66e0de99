// Why two confirmed stages contradict each other, in sentences.
import type { Contradiction } from "@/shared/api/types";
import type { Key } from "@/shared/i18n/en";
import { useI18n } from "@/shared/i18n/i18n";
import { wordLabel } from "@/shared/i18n/labels";
import { useSession } from "./context";

const WHY: Record<Contradiction["kind"], Key> = {
  old_name: "agree.why.renamed",
  gone_name: "agree.why.gone",
  ambiguous_name: "agree.why.doubtful",
  missing_reference: "agree.why.missing",
  setting_year: "agree.why.year",
  structure: "agree.why.structure",
  length: "agree.why.length",
  found: "agree.why.found",
};

/** Why it is a contradiction: a sentence for each name that is called otherwise now. */
export function Why({ one }: { one: Contradiction }) {
  const { t, language, locale } = useI18n();
  const { stageName } = useSession();
  const stage = stageName(one.source_stage);
  const [first, second] = one.names;
  const shown = (text: string | null) => {
    if (one.kind === "structure") return wordLabel(text ?? "", language);
    return one.kind === "length" ? Number(text).toLocaleString(locale) : (text ?? "");
  };
  if (one.kind === "ambiguous_name" && first && second && first.old === second.new) {
    return <bdi>{t("agree.why.swapped", { old: first.old, new: second.old })}</bdi>;
  }
  if (one.kind === "found") {
    const within = one.source_stage === one.stage;
    return <bdi>{t(within ? "agree.why.found.within" : "agree.why.found", { model: one.found_by || t("agree.search.someModel"), stage })}</bdi>;
  }
  return one.names.map(({ old, new: now }) => (
    <bdi key={old}>
      {t(now === null && one.kind !== "missing_reference" ? "agree.why.gone" : WHY[one.kind], { old: shown(old), new: shown(now), stage })}
      {t("app.between")}
    </bdi>
  ));
}
