// What I have, in the header. Where credits are off there is nothing to see.
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { creditsText } from "@/shared/credits/amount";
import { useCredits, useMovingCredits } from "@/shared/credits/credits";
import { useI18n } from "@/shared/i18n/i18n";
import classes from "./Balance.module.css";

export function Balance() {
  const { t, locale } = useI18n();
  const { data } = useCredits();
  useMovingCredits();
  if (!data?.enabled) return null;
  const shown = creditsText(data.available, locale);
  return (
    <Button
      component={Link}
      to="/credits"
      size="compact-sm"
      variant="subtle"
      color="gray"
      data-testid="credits-balance"
      aria-label={t("credits.balance.label", { n: shown })}
    >
      <span className={classes["full"]}>{t("credits.balance", { n: shown })}</span>
      <span className={classes["short"]}>{shown}</span>
    </Button>
  );
}
