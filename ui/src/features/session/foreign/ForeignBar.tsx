// Says that the session is somebody else's, that the read is recorded, and that nothing comes by itself.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { memo, useState } from "react";
import { asProblem } from "@/shared/api/problem";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { clock } from "@/shared/lib/time";
import { Icon } from "@/shared/ui/Icon";
import { useSession } from "../context";
import { shownSince } from "../data";
import { useReadAgain } from "./access";
import classes from "./Foreign.module.css";

export const ForeignBar = memo(function ForeignBar() {
  const { foreign } = useSession();
  return foreign === null ? null : <Bar id={foreign.session_id} owner={foreign.owner_pseudonym ?? ""} />;
});

function Bar({ id, owner }: { id: string; owner: string }) {
  const { t, locale } = useI18n();
  const say = useProblemText();
  const cache = useQueryClient();
  const again = useReadAgain(id);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const read = async () => {
    setBusy(true);
    setProblem("");
    try {
      await again();
    } catch (error) {
      setProblem(say(asProblem(error)));
    }
    setBusy(false);
  };
  const when = shownSince(cache, id);
  return (
    <section className={classes["bar"]} data-testid="foreign-bar" aria-label={t("foreign.title")}>
      <strong className={classes["mark"]}>
        <Icon name="lock" size={16} />
        {t("foreign.title")}
      </strong>
      <span>
        {t("foreign.owner")} <code title={owner}>{owner.slice(0, 8)}</code>
      </span>
      <span className={classes["words"]}>
        {t("foreign.recorded")}
        {t("app.between")}
        {t("foreign.branch")}
        {t("app.between")}
        {when !== null && <span role="status">{t("foreign.notLive", { at: clock(when, locale) })}</span>}
      </span>
      <Button size="compact-sm" variant="default" loading={busy} onClick={() => void read()} data-testid="read-again">
        {t("foreign.again")}
      </Button>
      {problem && (
        <span role="alert" className={classes["problem"]}>
          {problem}
        </span>
      )}
    </section>
  );
}
