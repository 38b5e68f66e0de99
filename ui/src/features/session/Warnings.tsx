// Warnings that stop the work, above it: what, why, what is safe, and how to go on.
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { useI18n, useMaybe, useWarningText } from "@/shared/i18n/i18n";
import type { Warning } from "@/shared/api/types";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Notice } from "@/shared/ui/Notice";
import { useSession } from "./context";
import { QUIET_WARNINGS } from "./Dock";
import { ExtendButtons } from "./ExtendButtons";
import { useRetry, type Retry } from "./useRetry";
import { useTimeText } from "./useTimeText";
import { museHelps } from "./writing";
import classes from "./StatusLine.module.css";

export function Warnings() {
  const { t } = useI18n();
  const say = useTimeText();
  const { state } = useSession();
  return (
    <>
      {state.status === "PAUSED" && (
        <div data-testid="warning" data-code="EXPIRED">
          <Notice tone="warning" title={t("status.PAUSED")} action={<ExtendButtons />}>
            {say("EXPIRED", t("studio.paused"))}
          </Notice>
        </div>
      )}
      {state.warnings
        .filter(({ code }) => code !== "EXPIRED" && !QUIET_WARNINGS.includes(code))
        .map((warning) => (
          <WarningNotice key={warning.code} warning={warning} />
        ))}
    </>
  );
}

function WarningNotice({ warning }: { warning: Warning }) {
  const { t } = useI18n();
  const maybe = useMaybe();
  const say = useWarningText();
  const retry = useRetry();
  const { foreign } = useSession();
  const failed = warning.code === "GENERATION_FAILED";
  const said = say(warning.code, warning.message, failed ? (retry.failed?.code ?? "") : "", failed ? retry.failed?.notes : []);
  const attempts = (failed && retry.failed?.attempts) || 0;
  return (
    <Notice
      tone={failed ? "danger" : "warning"}
      alert={failed}
      title={failed && retry.failed?.kind === "agreement" ? t("agree.search.failed") : maybe(`warn.${warning.code}`, warning.code)}
      action={
        failed && foreign === null && <Ways retry={retry} />
      }
    >
      {[
        said,
        ...(attempts > 0 ? [t(attempts === 1 ? "fail.attempts.one" : "fail.attempts.more", { n: attempts })] : []),
        ...(failed && !/\bsafe\b|安全/.test(said) ? [t("warn.safe")] : []),
      ].join(t("app.between"))}
    </Notice>
  );
}

/** The ways on after a failed round. */
function Ways({ retry }: { retry: Retry }) {
  const { t } = useI18n();
  const { failed, fewer, whyNot, busy, run } = retry;
  return (
    <div className={classes["ways"]}>
      <GuardedButton size="xs" data-testid="again" why={whyNot} loading={busy} onClick={() => run()}>
        {t("warn.again")}
      </GuardedButton>
      {fewer && (
        <GuardedButton
          size="xs"
          variant="light"
          data-testid="fewer-details"
          why={whyNot}
          disabled={busy}
          onClick={() => run({ fewer_details: true })}
        >
          {t("fail.fewer")}
        </GuardedButton>
      )}
      {museHelps(failed) && (
        <GuardedButton
          size="xs"
          variant="light"
          data-testid="by-the-muse"
          why={whyNot}
          disabled={busy}
          onClick={() => run({ writer: "muse" })}
        >
          {t("fail.muse")}
        </GuardedButton>
      )}
      {failed && (
        <Button component={Link} to="/models" size="xs" variant="light" data-testid="another-model">
          {t("fail.another")}
        </Button>
      )}
      <p>
        {[
          ...(fewer ? [`${t("fail.fewer")}${t("app.colon")}${t("fail.fewer.why")}`] : []),
          ...(museHelps(failed) ? [`${t("fail.muse")}${t("app.colon")}${t("fail.muse.why")}`] : []),
        ].join(t("app.between"))}
      </p>
    </div>
  );
}
