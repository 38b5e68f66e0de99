// Where the automatic backups lie and how old the newest is; for the owner only.
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ask, client } from "@/shared/api/client";
import type { Backups as Found } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { ago, moment, useNow } from "@/shared/lib/time";
import { Notice } from "@/shared/ui/Notice";
import classes from "./Account.module.css";

const LATE_MS = 48 * 3_600_000;

function size(bytes: number, locale: string): string {
  const unit = bytes < 1_000_000 ? "kilobyte" : "megabyte";
  const format = new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 });
  return format.format(bytes / (unit === "kilobyte" ? 1_000 : 1_000_000));
}

export function Backups() {
  const { t, locale } = useI18n();
  const now = useNow(60_000);
  const { data } = useQuery({
    queryKey: ["backups"],
    queryFn: () => ask<Found>(client.GET("/api/v1/account/backups")),
    staleTime: 60_000,
  });
  if (!data) return <p>{t("app.loading")}</p>;
  if (!data.automatic) return <Text className={classes["words"]}>{t("account.backups.off")}</Text>;
  const late = data.newest_at !== null && now - Date.parse(data.newest_at) > LATE_MS;
  return (
    <div className={classes["words"]} data-testid="backups">
      {data.newest_at === null || data.newest_bytes === null ? (
        <Text>{t("account.backups.none")}</Text>
      ) : (
        <Text>
          {t("account.backups.newest", { when: ago(data.newest_at, locale, now), n: data.count, size: size(data.newest_bytes, locale) })}{" "}
          <Text span c="dimmed">
            ({moment(data.newest_at, locale)})
          </Text>
        </Text>
      )}
      <Text>
        {t("account.backups.folder")} <code dir="auto">{data.folder}</code>
      </Text>
      {data.failure !== null && (
        <Notice tone="danger">
          {t("account.backups.failed")} <span lang="en">{data.failure}</span>
        </Notice>
      )}
      {data.failure === null && late && <Notice tone="danger">{t("account.backups.late")}</Notice>}
      <Text c="dimmed">{t("account.backups.how")}</Text>
    </div>
  );
}
