// More time for a session: a day, or a week.
import { useI18n } from "@/shared/i18n/i18n";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { useSession } from "./context";

const WAYS = [
  { hours: 24, word: "warn.extend" },
  { hours: 24 * 7, word: "warn.extendWeek" },
] as const;

export function ExtendButtons() {
  const { t } = useI18n();
  const { state, commands, whyNot } = useSession();
  const extend = (hours: number) =>
    void commands.run("extend", { command_type: "EXTEND_SESSION", session_id: state.session_id, payload: { hours } });
  return WAYS.map(({ hours, word }) => (
    <GuardedButton
      key={hours}
      data-testid={`extend-${hours}`}
      size="xs"
      variant={hours === 24 ? "light" : "default"}
      why={whyNot("EXTEND_SESSION")}
      loading={commands.busy("extend")}
      onClick={() => extend(hours)}
    >
      {t(word)}
    </GuardedButton>
  ));
}
