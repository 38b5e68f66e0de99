// A long text that is on its way, or that could not be had: then it is asked for again by hand.
import { Button, Skeleton } from "@mantine/core";
import { useI18n } from "@/shared/i18n/i18n";
import { Notice } from "./Notice";
import classes from "./Coming.module.css";

/** Something that is asked for beside a state. */
export interface Asked<T> {
  /** Null: it is on its way, or it could not be had. */
  data: T | null;
  failed: boolean;
  again: () => void;
}

export function Coming({ asked }: { asked: Asked<unknown> }) {
  const { t } = useI18n();
  if (asked.failed) {
    return (
      <div data-testid="content-failed">
        <Notice
          tone="warning"
          action={
            <Button size="xs" variant="light" onClick={asked.again}>
              {t("app.retry")}
            </Button>
          }
        >
          {t("content.failed")}
        </Notice>
      </div>
    );
  }
  return (
    <div className={classes["waiting"]} role="status" data-testid="content-coming">
      <span>{t("content.coming")}</span>
      <Skeleton height={10} radius="xl" />
      <Skeleton height={10} radius="xl" width="82%" />
      <Skeleton height={10} radius="xl" width="64%" />
    </div>
  );
}
