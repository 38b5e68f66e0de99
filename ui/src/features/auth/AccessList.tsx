// Browsers that are signed in, and tokens that are good: each can be ended, at once.
import { Badge, Button } from "@mantine/core";
import { useState } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { Access } from "@/shared/api/types";
import { useI18n, type Translate } from "@/shared/i18n/i18n";
import { ago, moment, useNow } from "@/shared/lib/time";
import { Notice } from "@/shared/ui/Notice";
import { SCOPES, useAccess, useAccessChanges } from "./access";
import { useAccountProblem } from "./problems";
import classes from "./Account.module.css";

export function AccessList() {
  const { t } = useI18n();
  const found = useAccess();
  const { end, endOthers } = useAccessChanges();
  const say = useAccountProblem();
  const [busy, setBusy] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async (what: string, work: () => Promise<void>) => {
    setBusy(what);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy("");
    }
  };
  const items = found.data ?? [];
  const others = items.some(({ current, kind }) => !current && kind === "session");
  return (
    <>
      {found.isPending && <p>{t("app.loading")}</p>}
      {problem && (
        <Notice tone="danger" alert>
          {say(problem)}
        </Notice>
      )}
      <ul className={classes["list"]}>
        {items.map((item) => (
          <AccessRow key={item.id} item={item} busy={busy === item.id} end={() => void run(item.id, () => end(item.id))} />
        ))}
      </ul>
      {others && (
        <div>
          <Button variant="default" loading={busy === "others"} onClick={() => void run("others", endOthers)} data-testid="end-others">
            {t("account.endOthers")}
          </Button>
        </div>
      )}
    </>
  );
}

/** "Firefox on Linux", as the server tells a browser, in the page's language. */
function browserText(label: string, t: Translate): string {
  const [browser, system] = label.split(" on ");
  if (!browser) return t("account.kind.session");
  if (browser === "Another program") return t("account.browser.unknown");
  return system ? t("account.browser", { browser, system }) : browser;
}

function AccessRow({ item, busy, end }: { item: Access; busy: boolean; end: () => void }) {
  const { t, locale } = useI18n();
  const now = useNow(30_000);
  const label = item.kind === "session" ? browserText(item.label, t) : item.label || t("account.kind.bearer");
  const word = item.kind === "bearer" ? "account.end.token" : "account.end";
  const seen = item.last_seen_at
    ? t("account.seen", { when: ago(item.last_seen_at, locale, now) })
    : t("account.unseen", { when: ago(item.created_at, locale, now) });
  return (
    <li data-testid="access" data-kind={item.kind} data-current={item.current || undefined}>
      <span className={classes["words"]}>
        <strong>{label}</strong>{" "}
        <Badge variant="default" size="sm" tt="none">
          {t(`account.kind.${item.kind}`)}
        </Badge>{" "}
        {item.current && (
          <Badge variant="light" size="sm" tt="none">
            {t("account.current")}
          </Badge>
        )}
        <span className={classes["quiet"]}>
          {seen} · {t("account.until", { when: moment(item.expires_at, locale) })}
          {item.kind === "bearer" && ` · ${SCOPES.filter((scope) => item.scopes.includes(scope)).map((scope) => t(`account.scope.${scope}`)).join(", ")}`}
        </span>
      </span>
      {!item.current && (
        <Button size="xs" variant="subtle" color="red" loading={busy} aria-label={`${t(word)}${t("app.colon")}${label}`} onClick={end}>
          {t(word)}
        </Button>
      )}
    </li>
  );
}
