// My sessions: what each is called, where it stands, and whether something is being written.
import { Button } from "@mantine/core";
import { Link } from "react-router";
import type { ProgressFrame, SessionItem } from "@/shared/api/types";
import { STAGES } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { ago, useNow } from "@/shared/lib/time";
import { Notice } from "@/shared/ui/Notice";
import { StatusDot } from "@/shared/ui/StatusDot";
import { useMore, useMyStream, useSessions } from "./lists";
import classes from "./Dashboard.module.css";

export function SessionList() {
  const { t } = useI18n();
  const progress = useMyStream();
  const found = useSessions();
  const more = useMore("sessions");
  const items = found.data?.items ?? [];
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">{t("dash.sessions")}</h2>
      {found.isError && !found.data && (
        <Notice tone="danger" action={<Button size="xs" onClick={() => void found.refetch()}>{t("app.retry")}</Button>}>
          {t("dash.failed")}
        </Notice>
      )}
      {found.isPending && <p className={classes["quiet"]}>{t("app.loading")}</p>}
      {found.data && items.length === 0 && (
        <div className={classes["empty"]}>
          <strong>{t("dash.sessions.empty")}</strong>
          <p>{t("dash.sessions.empty.text")}</p>
        </div>
      )}
      <ul className={classes["list"]}>
        {items.map((item) => (
          <SessionCard key={item.session_id} item={item} progress={progress.get(item.session_id)} />
        ))}
      </ul>
      {found.data?.next_cursor && (
        <Button variant="subtle" onClick={() => void more()}>
          {t("dash.more")}
        </Button>
      )}
    </section>
  );
}

function SessionCard({ item, progress }: { item: SessionItem; progress: ProgressFrame | undefined }) {
  const { t, locale } = useI18n();
  const now = useNow(60_000);
  return (
    <li>
      <Link to={`/sessions/${item.session_id}`} className={classes["card"]} data-testid="session-card">
        <span className={classes["title"]} dir="auto">
          {item.title || t("dash.untitled")}
        </span>
        {item.source_version !== null && (
          <span className={classes["origin"]} dir="auto" data-testid="branched-from">
            {item.source_title === null
              ? t("dash.branched.others", { n: item.source_version })
              : t("dash.branched", { title: item.source_title || t("dash.untitled"), n: item.source_version })}
          </span>
        )}
        <span className={classes["line"]}>
          <span className={classes["status"]}>
            <StatusDot status={item.status} /> {t(`status.${item.status}`)}
          </span>
          {item.is_pending && (
            <span className={classes["status"]} data-testid="pending-indicator">
              <StatusDot status="writing" /> {t("dash.working")}
              {progress && ` · ${Math.round(progress.percent)} %`}
            </span>
          )}
          {item.archived && <span data-testid="archived">{t("dash.archived")}</span>}
          <span>{t("dash.changed", { when: ago(item.last_event_at, locale, now) })}</span>
        </span>
        <span className={classes["steps"]} role="img" aria-label={t("dash.stages", { done: item.confirmed_stages, all: STAGES.length })}>
          {STAGES.map((stage, index) => (
            <span key={stage} data-done={index < item.confirmed_stages || undefined} />
          ))}
        </span>
      </Link>
    </li>
  );
}
