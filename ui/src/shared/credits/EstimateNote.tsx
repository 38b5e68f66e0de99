// What the next step may cost at most, beside the button that asks for it.
import { useI18n } from "@/shared/i18n/i18n";
import type { Estimate } from "@/shared/api/types";
import { atMostText, creditsText } from "./amount";
import classes from "./Credits.module.css";

export function EstimateNote({ estimate }: { estimate: Estimate | null }) {
  const { t, locale } = useI18n();
  if (!estimate?.enabled || estimate.amount === 0) return null;
  const short = estimate.amount > estimate.available;
  return (
    <span className={classes["estimate"]} data-testid="estimate" data-short={short || undefined}>
      {short
        ? t("credits.short", { cost: atMostText(estimate.amount, locale), have: creditsText(estimate.available, locale) })
        : t("credits.estimate", { cost: atMostText(estimate.amount, locale) })}
    </span>
  );
}
