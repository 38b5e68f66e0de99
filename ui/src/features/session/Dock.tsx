// What should be known but must not move the page: time that runs out, a wait that ended, a connection that is gone.
import { Button } from "@mantine/core";
import { memo, useEffect } from "react";
import type { Warning } from "@/shared/api/types";
import { useI18n, useMaybe } from "@/shared/i18n/i18n";
import { useStored } from "@/shared/lib/useStored";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Notice } from "@/shared/ui/Notice";
import { useSession } from "./context";
import { ExtendButtons } from "./ExtendButtons";
import { useTimeText } from "./useTimeText";
import classes from "./Dock.module.css";

/** Warnings that leave the writer free to go on. The others stand above the work, which they stop. */
export const QUIET_WARNINGS: readonly string[] = ["EXPIRES_SOON", "EXPIRES_VERY_SOON", "WAIT_EXPIRED", "SESSION_EXPIRING"];

export const Dock = memo(function Dock() {
  const { moment } = useSession();
  return (
    <div className={classes["dock"]} role="status">
      {moment === null ? <QuietWarnings /> : <QuietThen />}
      <Away />
    </div>
  );
});

function QuietWarnings() {
  const { state } = useSession();
  const [hidden, setHidden] = useStored(`genesis:${state.session_id}:hidden`);
  const quiet = state.warnings.filter(({ code }) => QUIET_WARNINGS.includes(code));
  const codes = quiet.map(({ code }) => code).join(" ");
  useEffect(() => {
    // a warning that went and comes back is a new one
    const still = hidden.split(" ").filter((code) => codes.split(" ").includes(code));
    if (still.join(" ") !== hidden) setHidden(still.join(" "));
  }, [codes, hidden, setHidden]);
  const shown = quiet.filter(({ code }) => !hidden.split(" ").includes(code));
  return shown.map((warning) => (
    <QuietWarning key={warning.code} warning={warning} goOn={() => setHidden(`${hidden} ${warning.code}`.trim())} />
  ));
}

/** What was warned of at the moment that is looked at: nothing can be done about it, and what is hidden now stays so. */
function QuietThen() {
  const { state } = useSession();
  const maybe = useMaybe();
  const say = useTimeText();
  return state.warnings
    .filter(({ code }) => QUIET_WARNINGS.includes(code))
    .map(({ code, message }) => (
      <div key={code} className={classes["card"]} data-testid="warning" data-code={code} data-then>
        <Notice tone="calm" title={maybe(`warn.${code}`, code)}>
          {say(code, message)}
        </Notice>
      </div>
    ));
}

function QuietWarning({ warning, goOn }: { warning: Warning; goOn: () => void }) {
  const { t } = useI18n();
  const maybe = useMaybe();
  const say = useTimeText();
  const { state, commands, whyNot } = useSession();
  const expiring = warning.code !== "WAIT_EXPIRED";
  const finish = () =>
    void commands.run("finish", { command_type: "FINISH_GENESIS", session_id: state.session_id, payload: {} });
  return (
    <div className={classes["card"]} data-testid="warning" data-code={warning.code}>
      <Notice tone="warning" title={maybe(`warn.${warning.code}`, warning.code)}>
        {say(warning.code, warning.message)}
        <div className={classes["ways"]}>
          {expiring && <ExtendButtons />}
          {expiring && whyNot("FINISH_GENESIS") === null && (
            <GuardedButton size="xs" variant="light" why={null} loading={commands.busy("finish")} onClick={finish}>
              {t("studio.finish")}
            </GuardedButton>
          )}
          <Button size="xs" variant="subtle" color="gray" onClick={goOn}>
            {t("warn.goOn")}
          </Button>
        </div>
      </Notice>
    </div>
  );
}

function Away() {
  const { t } = useI18n();
  const { away } = useSession();
  if (!away) return null;
  return (
    <div className={classes["card"]} data-testid="reconnecting">
      <Notice tone="calm" title={t("studio.reconnecting")}>
        {t("studio.reconnecting.safe")}
      </Notice>
    </div>
  );
}
