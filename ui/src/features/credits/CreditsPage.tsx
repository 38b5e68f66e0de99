// /credits — what I have, what is held for work in progress, what expires, and what happened.
import { Button, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { CreditsEntry } from "@/shared/api/types";
import { creditsText } from "@/shared/credits/amount";
import { readHistory, useCredits } from "@/shared/credits/credits";
import { useI18n, useMaybe } from "@/shared/i18n/i18n";
import { moment } from "@/shared/lib/time";
import classes from "./CreditsPage.module.css";

export function CreditsPage() {
  const { t, locale } = useI18n();
  const { data } = useCredits();
  if (data === undefined) return null;
  if (!data.enabled) return <main className={classes["page"]}>{t("credits.off")}</main>;
  const figures = ["available", "reserved", "charged", "expired", "granted"] as const;
  return (
    <main className={classes["page"]}>
      <header>
        <h1>{t("credits.title")}</h1>
        <Text c="dimmed">{t("credits.what")}</Text>
      </header>
      <dl className={classes["figures"]}>
        {figures.map((name) => (
          <div key={name}>
            <dt>{t(`credits.${name}`)}</dt>
            <dd data-testid={`credits-${name}`}>{creditsText(data[name], locale)}</dd>
          </div>
        ))}
      </dl>
      {data.expiring > 0 && data.expiring_at && (
        <p>{t("credits.expiring", { n: creditsText(data.expiring, locale), when: moment(data.expiring_at, locale) })}</p>
      )}
      <History />
    </main>
  );
}

function History() {
  const { t } = useI18n();
  const pages = useInfiniteQuery({
    queryKey: ["credits", "history"],
    queryFn: ({ pageParam }) => readHistory(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-labelledby="credits-history">
      <h2 id="credits-history">{t("credits.history")}</h2>
      {pages.isSuccess && items.length === 0 && <p>{t("credits.none")}</p>}
      {items.length > 0 && (
        <Table.ScrollContainer minWidth={280}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("credits.when")}</Table.Th>
                <Table.Th>{t("credits.entry")}</Table.Th>
                <Table.Th>{t("credits.amount")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((entry) => (
                <Line key={entry.version} entry={entry} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {pages.hasNextPage && (
        <Button variant="subtle" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t("credits.more")}
        </Button>
      )}
    </section>
  );
}

function Line({ entry }: { entry: CreditsEntry }) {
  const { t, locale } = useI18n();
  const maybe = useMaybe();
  const what = maybe(`credits.did.${entry.event_type}`, entry.event_type);
  const why = entry.event_type === "CreditsReleased" ? maybe(`credits.why.${entry.reason}`, entry.reason) : entry.reason;
  const overrun = entry.used !== null && entry.used > entry.amount;
  return (
    <Table.Tr data-testid="credits-entry" data-kind={entry.event_type}>
      <Table.Td>{moment(entry.occurred_at, locale)}</Table.Td>
      <Table.Td>
        {entry.session_id ? <Link to={`/sessions/${entry.session_id}`}>{what}</Link> : what}
        {why && <Text size="sm" c="dimmed">{why}</Text>}
        {overrun && <Text size="sm" c="dimmed">{t("credits.overrun", { n: creditsText(entry.used ?? 0, locale) })}</Text>}
      </Table.Td>
      <Table.Td>{creditsText(entry.amount, locale)}</Table.Td>
    </Table.Tr>
  );
}
