// What a draft would cost, before it is asked for.
import { useQuery } from "@tanstack/react-query";
import type { Chapter } from "@/shared/api/types";
import { atMostText, creditsText } from "@/shared/credits/amount";
import { useI18n } from "@/shared/i18n/i18n";
import { readDraftEstimate } from "@/shared/projects/projects";
import classes from "./Project.module.css";

interface DraftPriceProps {
  facts: Chapter;
  /** Null: not a length that can be asked for. */
  words: number | null;
  writer: "muse" | null;
  critique?: boolean;
}

export function DraftPrice({ facts, words, writer, critique = false }: DraftPriceProps) {
  const { t, locale } = useI18n();
  const { data } = useQuery({
    queryKey: ["draft-estimate", facts.id, words, writer, critique],
    queryFn: () => readDraftEstimate(facts.project_id, facts.id, words ?? 0, writer, critique),
    enabled: words !== null,
    staleTime: 60_000,
    placeholderData: (before) => before,
  });
  if (!data) return null;
  const dollars = (cost: number) => cost.toLocaleString(locale, { style: "currency", currency: "USD", maximumSignificantDigits: 2 });
  const short = data.enabled && data.amount !== null && data.available !== null && data.amount > data.available;
  return (
    <p className={classes["draftCost"]} data-testid="draft-price" data-short={short || undefined}>
      {data.usual_usd === null || data.most_usd === null
        ? t("drafting.price.unknown")
        : data.most_usd === 0
          ? t("drafting.price.none")
          : t("drafting.price.usual", { usual: dollars(data.usual_usd), most: dollars(data.most_usd) })}
      {data.enabled && data.amount ? (
        <>
          {" "}
          {short
            ? t("drafting.price.short", { cost: atMostText(data.amount, locale), have: creditsText(data.available ?? 0, locale) })
            : t("drafting.price.credits", { cost: atMostText(data.amount, locale) })}
        </>
      ) : null}
    </p>
  );
}
