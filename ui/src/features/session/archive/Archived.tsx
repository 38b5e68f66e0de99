// Says that a session's events lie in the archive, that all can be read as ever, and gives its owner the way back.
import { Button, Progress } from "@mantine/core";
import { useState } from "react";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { moment } from "@/shared/lib/time";
import { Icon } from "@/shared/ui/Icon";
import { Notice } from "@/shared/ui/Notice";
import { useSession } from "../context";
import { useArchive, useBringBack } from "./archive";

export function Archived() {
  const { t, locale } = useI18n();
  const say = useProblemText();
  const { state, foreign } = useSession();
  const found = useArchive(state.session_id);
  const { done, problem, start } = useBringBack(state.session_id);
  const [asked, setAsked] = useState(0);
  const events = found?.archived_events ?? 0;
  if (events === 0) {
    return asked > 0 ? (
      <p role="status" data-testid="brought-back">
        {t("archive.back", { n: asked })}
      </p>
    ) : null;
  }
  return (
    <div data-testid="archived-note">
      <Notice
        tone="calm"
        title={
          <>
            <Icon name="clock" size={16} /> {t("archive.title")}
          </>
        }
        action={
          foreign === null && (
            <Button
              size="xs"
              variant="default"
              data-testid="bring-back"
              loading={done !== null}
              onClick={() => {
                setAsked(events);
                start(events);
              }}
            >
              {t("archive.bring")}
            </Button>
          )
        }
      >
        {t("archive.what", { n: events, at: found?.archived_at ? moment(found.archived_at, locale) : "" })}{" "}
        {foreign === null && t("archive.why")}
        {done !== null && (
          <Progress value={(100 * done) / Math.max(1, asked)} size="xs" aria-label={t("archive.bring")} mt="xs" />
        )}
        {problem !== null && <p role="alert">{say(problem)}</p>}
      </Notice>
    </div>
  );
}
