// Said once: this browser cannot keep what is typed. Everything can be typed and sent all the same.
import { CloseButton } from "@mantine/core";
import { useEffect, useState } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { useNotKept } from "@/shared/lib/useStored";
import { Notice } from "./Notice";
import classes from "./NotKept.module.css";

export function NotKept() {
  const { t } = useI18n();
  const now = useNotKept();
  const [told, setTold] = useState<"not yet" | "now" | "before">("not yet");
  useEffect(() => {
    if (now) setTold((before) => (before === "not yet" ? "now" : before));
  }, [now]);
  return (
    <div role="status" className={classes["place"]}>
      {told === "now" && now && (
        <div className={classes["card"]} data-testid="not-kept">
          <Notice tone="warning" action={<CloseButton size="sm" aria-label={t("app.close")} onClick={() => setTold("before")} />}>
            {t("typed.notKept")}
          </Notice>
        </div>
      )}
    </div>
  );
}
