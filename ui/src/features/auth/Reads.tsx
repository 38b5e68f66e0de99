// What analysts read of mine: who, what and when. It was written down before they saw it.
import { Button, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { ask, client } from "@/shared/api/client";
import type { ReadEntry, ReadsPage } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { moment } from "@/shared/lib/time";
import { Notice } from "@/shared/ui/Notice";
import classes from "./Account.module.css";

function readPage(cursor: string | undefined): Promise<ReadsPage> {
  const query = { limit: 20, ...(cursor !== undefined && { cursor }) };
  return ask<ReadsPage>(client.GET("/api/v1/account/reads", { params: { query } }));
}

export function Reads() {
  const { t } = useI18n();
  const pages = useInfiniteQuery({
    queryKey: ["reads"],
    queryFn: ({ pageParam }) => readPage(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <Text c="dimmed" mb="sm">
        {t("account.reads.what")}
      </Text>
      {pages.isPending && <p>{t("app.loading")}</p>}
      {pages.isError && <Notice tone="danger">{t("account.reads.failed")}</Notice>}
      {pages.isSuccess && items.length === 0 && <p data-testid="reads-none">{t("account.reads.none")}</p>}
      {items.length > 0 && (
        <ul className={classes["list"]} data-testid="reads">
          {items.map((entry) => (
            <ReadRow key={entry.version} entry={entry} />
          ))}
        </ul>
      )}
      {pages.hasNextPage && (
        <Button variant="subtle" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t("account.reads.more")}
        </Button>
      )}
    </>
  );
}

function ReadRow({ entry }: { entry: ReadEntry }) {
  const { t, locale } = useI18n();
  return (
    <li data-testid="read" data-kind={entry.kind}>
      <span className={classes["words"]}>
        <strong dir="auto">{entry.reader || t("account.reads.gone")}</strong> ·{" "}
        {entry.part !== null ? t(`account.reads.part.${entry.part}`, { n: entry.at_version ?? 0 }) : t(`account.reads.holds.${entry.holds ?? "events"}`)}
        {entry.session_id !== null && (
          <>
            {": "}
            <Link to={`/sessions/${entry.session_id}`} dir="auto">
              {entry.session_title || t("account.reads.untitled")}
            </Link>
          </>
        )}
        <span className={classes["quiet"]}>
          <time dateTime={entry.occurred_at}>{moment(entry.occurred_at, locale)}</time>
          {entry.holds !== null && ` · ${t(entry.named ? "account.reads.named" : "account.reads.pseudonyms")}`}
          {entry.holds !== null && entry.with_text && ` · ${t("account.reads.texts")}`}
        </span>
      </span>
    </li>
  );
}
