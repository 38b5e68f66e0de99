// Warnings of the state: what, why, what is safe, and one button to go on.
import { useI18n, useMaybe, useWarningText } from "@/shared/i18n/i18n";
import type { Warning } from "@/shared/api/types";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Notice } from "@/shared/ui/Notice";
import { useSession } from "./context";
import { useGenerate } from "./useGenerate";

export function Warnings() {
  const { t } = useI18n();
  const { state, whyNot, commands } = useSession();
  const extend = () =>
    void commands.run("extend", { command_type: "EXTEND_SESSION", session_id: state.session_id, payload: { hours: 24 } });
  const extendButton = (
    <GuardedButton
      size="xs"
      variant="light"
      why={whyNot("EXTEND_SESSION")}
      loading={commands.busy("extend")}
      onClick={extend}
    >
      {t("warn.extend")}
    </GuardedButton>
  );
  return (
    <>
      {state.status === "PAUSED" && (
        <Notice tone="warning" title={t("status.PAUSED")} action={extendButton}>
          {t("studio.paused")}
        </Notice>
      )}
      {state.warnings.map((warning) => (
        <WarningNotice
          key={warning.code}
          warning={warning}
          extendButton={warning.code === "SESSION_EXPIRING" ? extendButton : null}
        />
      ))}
    </>
  );
}

function WarningNotice({ warning, extendButton }: { warning: Warning; extendButton: React.ReactNode }) {
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
        failed ? (
          <GuardedButton size="xs" why={generate.whyNot} loading={generate.busy} onClick={generate.again}>
            {t("warn.again")}
          </GuardedButton>
        ) : (
          extendButton
        )
      }
    >
      {said} {failed && !/\bsafe\b|安全/.test(said) && t("warn.safe")}
    </Notice>
  );
}
