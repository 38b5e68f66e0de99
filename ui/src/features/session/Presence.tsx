// Who else has this session open: small round marks with what kind of window it is, never where.
import { Tooltip } from "@mantine/core";
import { useI18n } from "@/shared/i18n/i18n";
import { useSession } from "./context";
import classes from "./Presence.module.css";

const MOST_SHOWN = 3;

export function Presence() {
  const { t } = useI18n();
  const { live } = useSession();
  const others = live.present.filter(({ you }) => !you);
  const names = others.map(({ label }) => label).join(", ");
  const sentence = others.length > 0 ? t("presence.one", { names }) : "";
  return (
    <span role="status" className={classes["presence"]} data-testid="presence" data-others={others.length}>
      {others.length > 0 && (
        <Tooltip label={sentence} multiline maw={280}>
          <span className={classes["marks"]}>
            {others.slice(0, MOST_SHOWN).map((client) => (
              <span key={client.client_id} className={classes["mark"]} aria-hidden="true">
                {(client.label.trim()[0] ?? "·").toUpperCase()}
              </span>
            ))}
            {others.length > MOST_SHOWN && <span aria-hidden="true">+{others.length - MOST_SHOWN}</span>}
            <span className={classes["words"]}>{sentence}</span>
          </span>
        </Tooltip>
      )}
    </span>
  );
}
