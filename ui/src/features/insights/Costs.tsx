// What was paid, as far as it is known: an unknown price is said, and is never nothing.
import { useI18n } from "@/shared/i18n/i18n";
import type { CasesOf, Cost } from "./data";
import { dollars } from "./numbers";
import { Opens } from "./Opens";
import classes from "./Insights.module.css";

export function CostText({ cost, what, cases }: { cost: Cost; what: string; cases: CasesOf }) {
  const { t } = useI18n();
  if (cost.n === 0) return <span className={classes["none"]}>–</span>;
  return (
    <>
      <Opens n={cost.n} what={what} cases={cases}>
        {cost.known_nano_usd === null ? t("insights.cost.unknown") : dollars(cost.known_nano_usd)}
      </Opens>
      {cost.unknown > 0 && cost.known_nano_usd !== null && (
        <Opens n={cost.unknown} what={t("insights.cost.unpriced")} cases={{ ...cases, unpriced: true }}>
          {t("insights.cost.andUnknown", { n: cost.unknown })}
        </Opens>
      )}
    </>
  );
}

/** Of nothing confirmed there is no price of a word. */
export function PerWord({ cost, words }: { cost: Cost; words: number }) {
  const { t } = useI18n();
  if (cost.n === 0 || words === 0) return <span className={classes["none"]}>–</span>;
  return <>{cost.per_word_nano_usd === null ? t("insights.cost.unknown") : dollars(cost.per_word_nano_usd)}</>;
}
