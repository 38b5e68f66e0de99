// What should change: about the whole or about one field. Unsent words survive a reload.
import { ActionIcon, Button, Textarea } from "@mantine/core";
import { useEffect, useRef } from "react";
import { Problem } from "@/shared/api/problem";
import type { Proposal } from "@/shared/api/types";
import { useEstimate } from "@/shared/credits/credits";
import { EstimateNote } from "@/shared/credits/EstimateNote";
import { useI18n } from "@/shared/i18n/i18n";
import { useStored } from "@/shared/lib/useStored";
import { GuardedIcon } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { useSaid } from "./contents";
import { useSession } from "./context";
import { sendsOn } from "./keys";
import { seenOf } from "./seen";
import { showAside, useAside } from "./SetAside";
import classes from "./ProposalCard.module.css";

/** The field that the words are about. */
export interface About {
  path: string;
  label: string;
}

interface FeedbackBoxProps {
  proposal: Proposal;
  about: About | null;
  setAbout: (about: null) => void;
}

export function FeedbackBox({ proposal, about, setAbout }: FeedbackBoxProps) {
  const { t } = useI18n();
  const { state, stage, view, commands, careful, whyNot } = useSession();
  const [, setAside] = useAside(state.session_id, stage);
  const [text, setText] = useStored(`genesis:${state.session_id}:feedback:${proposal.id}`);
  const box = useRef<HTMLTextAreaElement>(null);
  const key = `feedback:${proposal.id}`;
  const refused = whyNot("PROVIDE_FEEDBACK", stage);
  const estimate = useEstimate({ sessionId: state.session_id, version: state.version, stage, proposalId: proposal.id });
  useEffect(() => {
    if (about) box.current?.focus();
  }, [about]);
  const send = async () => {
    const said = text.trim();
    if (said === "" || refused !== null) return;
    const answer = await careful.send(
      key,
      {
        command_type: "PROVIDE_FEEDBACK",
        session_id: state.session_id,
        payload: { proposal_id: proposal.id, text: said, path: about?.path ?? null },
      },
      { stage, aim: "words", proposalId: proposal.id, seen: seenOf(state, stage), words: said },
    );
    if (answer === null || answer instanceof Problem) return;
    if ("choice" in answer) {
      if (answer.choice === "editing") return;
      setAside({ words: said });
      showAside();
    }
    setText("");
    setAbout(null);
  };
  const given = useSaid(state, view, proposal.id);
  if (state.status !== "IN_PROGRESS" && given.said.length === 0 && !given.more) return null;
  return (
    <div className={classes["feedback"]}>
      {given.more && (
        <Button size="compact-xs" variant="subtle" loading={given.busy} onClick={given.ask}>
          {t(given.failed ? "app.retry" : "proposal.feedback.all")}
        </Button>
      )}
      {given.said.length > 0 && (
        <ul className={classes["given"]}>
          {given.said.map((item) => (
            <li key={item.id}>
              <span className={classes["quiet"]}>{t("proposal.feedback.given")}</span> “{item.text}”
            </li>
          ))}
        </ul>
      )}
      {about && (
        <span className={classes["about"]}>
          {t("proposal.feedback.about", { field: about.label })}
          <ActionIcon size="xs" variant="transparent" color="gray" aria-label={t("proposal.feedback.whole")} onClick={() => setAbout(null)}>
            <Icon name="close" size={12} />
          </ActionIcon>
        </span>
      )}
      <Textarea
        ref={box}
        data-testid="feedback-input"
        aria-label={t("proposal.feedback")}
        placeholder={`${t("proposal.feedback")} ${t("proposal.feedback.hint")}`}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={sendsOn(() => void send())}
        autosize
        minRows={1}
        maxRows={8}
        maxLength={4000}
        rightSection={
          <GuardedIcon
            data-testid="feedback-send"
            variant={text.trim() ? "filled" : "subtle"}
            color={text.trim() ? "pine" : "gray"}
            label={t("proposal.feedback.send")}
            why={refused}
            loading={commands.busy(key)}
            onClick={() => void send()}
          >
            <Icon name="send" size={16} />
          </GuardedIcon>
        }
      />
      {text.trim() !== "" && <EstimateNote estimate={estimate} />}
      <ProblemNote commands={commands} of={key} />
    </div>
  );
}
