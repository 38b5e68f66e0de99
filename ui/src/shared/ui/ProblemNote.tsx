// A refused or unanswered command, said near the button that sent it.
import { Button, CloseButton, VisuallyHidden } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import type { Commands } from "@/shared/api/useCommands";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { useSecondsUntil } from "@/shared/lib/time";
import { Notice } from "./Notice";

export function ProblemNote({ commands, of }: { commands: Commands; of: string }) {
  const { t } = useI18n();
  const say = useProblemText();
  const problem = commands.problem(of);
  // stopping what has just ended by itself is no problem
  if (problem === null || problem.code === "NOTHING_TO_CANCEL") return null;
  if (problem.code === "RATE_LIMITED") return <WaitNote key={problem.at} until={problem.at + (problem.retryAfter ?? 1) * 1000} />;
  return (
    <Notice
      tone="danger"
      alert
      action={
        <>
          {problem.unanswered && (
            <Button size="xs" variant="light" color="red" onClick={() => commands.again(of)}>
              {t("problem.again")}
            </Button>
          )}
          {problem.code === "PRICE_UNKNOWN" && (
            <Button component={Link} to="/models" size="xs" variant="light" color="red">
              {t("models.title")}
            </Button>
          )}
          <CloseButton size="sm" aria-label={t("app.close")} onClick={() => commands.dismiss(of)} />
        </>
      }
    >
      {say(problem)}
    </Notice>
  );
}

/** Too much at once: how long to wait. It goes when the wait is over; it is spoken once, not every second. */
function WaitNote({ until }: { until: number }) {
  const { t } = useI18n();
  const left = useSecondsUntil(until);
  const [first] = useState(left);
  if (left <= 0) return null;
  return (
    <Notice tone="warning">
      <VisuallyHidden role="alert">{t("wait.note", { n: first })}</VisuallyHidden>
      <span aria-hidden="true">{t("wait.note", { n: left })}</span>
    </Notice>
  );
}
