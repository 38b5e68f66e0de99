// A refused or unanswered command, said near the button that sent it.
import { Button, CloseButton } from "@mantine/core";
import type { Commands } from "@/shared/api/useCommands";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { Notice } from "./Notice";

export function ProblemNote({ commands, of }: { commands: Commands; of: string }) {
  const { t } = useI18n();
  const say = useProblemText();
  const problem = commands.problem(of);
  // stopping what has just ended by itself is no problem
  if (problem === null || problem.code === "NOTHING_TO_CANCEL") return null;
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
          <CloseButton size="sm" aria-label={t("app.close")} onClick={() => commands.dismiss(of)} />
        </>
      }
    >
      {say(problem)}
    </Notice>
  );
}
