// Warnings that stop the work, above it: what, why, what is safe, and how to go on.
import { useI18n, useMaybe, useWarningText } from "@/shared/i18n/i18n";
import type { Warning } from "@/shared/api/types";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Notice } from "@/shared/ui/Notice";
import { useSession } from "./context";
import { QUIET_WARNINGS } from "./Dock";
import { ExtendButtons } from "./ExtendButtons";
import { useGenerate } from "./useGenerate";
import { useTimeText } from "./useTimeText";

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
  const { live } = useSession();
  const generate = useGenerate();
  const failed = warning.code === "GENERATION_FAILED";
  const failure = live.timeline.findLast((entry) => entry.event_type === "GenerationFailed")?.data["code"];
  const said = say(warning.code, warning.message, failed && typeof failure === "string" ? failure : "");
  return (
    <Notice
      tone={failed ? "danger" : "warning"}
      alert={failed}
      title={maybe(`warn.${warning.code}`, warning.code)}
      action={
        failed && (
          <GuardedButton size="xs" why={generate.whyNot} loading={generate.busy} onClick={generate.again}>
            {t("warn.again")}
          </GuardedButton>
        )
      }
    >
      {said} {failed && !/\bsafe\b|安全/.test(said) && t("warn.safe")}
    </Notice>
  );
}
