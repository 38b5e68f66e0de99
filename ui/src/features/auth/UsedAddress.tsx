// Somebody who is signed in opened a one-time address that is no good: nothing changed, and it is said.
import { CloseButton } from "@mantine/core";
import { useSearchParams } from "react-router";
import { useI18n } from "@/shared/i18n/i18n";
import { Notice } from "@/shared/ui/Notice";
import { usedAddress, withoutAddress } from "./address";
import classes from "./Account.module.css";

export function UsedAddress({ name }: { name: string }) {
  const { t } = useI18n();
  const [search, setSearch] = useSearchParams();
  if (!usedAddress(search)) return null;
  return (
    <div className={classes["used"]} data-testid="used-address">
      <Notice
        tone="warning"
        title={t("auth.expired.title")}
        alert
        action={<CloseButton aria-label={t("app.close")} onClick={() => setSearch(withoutAddress, { replace: true })} />}
      >
        {t("auth.expired.signedIn", { name })}
      </Notice>
    </div>
  );
}
