// From a finished session to the book that is written from it: begun once, opened from then on.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { newCommandId } from "@/shared/api/client";
import { asProblem, type Problem } from "@/shared/api/problem";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { Icon } from "@/shared/ui/Icon";
import { sendProjectCommand, useProjects } from "./projects";

export function BookButton({ sessionId }: { sessionId: string }) {
  const { t } = useI18n();
  const say = useProblemText();
  const go = useNavigate();
  const mine = useProjects();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  // the same for every press, so that one that nobody answered makes no second book
  const [commandId] = useState(newCommandId);
  const there = mine.data?.items.find((project) => project.session_id === sessionId);
  const open = async () => {
    if (there) return go(`/projects/${there.id}`);
    setBusy(true);
    try {
      const answer = await sendProjectCommand({ command_type: "CREATE_PROJECT", payload: { from_session_id: sessionId } }, commandId);
      void go(`/projects/${answer.project_id}`);
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <div>
      <Button onClick={() => void open()} loading={busy} disabled={mine.isPending} leftSection={<Icon name="pen" size={16} />} data-testid="begin-book">
        {t(there ? "project.open" : "project.begin")}
      </Button>
      {!there && <p style={{ margin: "0.4rem 0 0", fontSize: "0.85rem", color: "var(--ink-soft)" }}>{t("project.begin.hint")}</p>}
      {problem && <p role="alert">{say(problem)}</p>}
    </div>
  );
}
