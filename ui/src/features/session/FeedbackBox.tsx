// What should change: about the whole or about one field. Unsent words survive a reload.
import { ActionIcon, Button } from "@mantine/core";
import { memo, useEffect, useMemo, useRef } from "react";
import { Problem } from "@/shared/api/problem";
import type { Proposal } from "@/shared/api/types";
import { useEstimate } from "@/shared/credits/credits";
import { EstimateNote } from "@/shared/credits/EstimateNote";
import { useI18n } from "@/shared/i18n/i18n";
import { sendsOn } from "@/shared/lib/keys";
import { LIMITS } from "@/shared/lib/limit";
import { drafts, useDraft } from "@/shared/lib/useDraft";
import { GuardedIcon } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import { OfferedWords } from "@/shared/ui/OfferedWords";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { TypedArea, useTooMuch } from "@/shared/ui/Typed";
import { useSaid } from "./contents";
import { useSession } from "./context";
import { parsed } from "./editDraft";
import { ReadNote } from "./ReadNote";
import { seenOf } from "./seen";
import { showAside, useSetAside } from "./SetAside";
import classes from "./ProposalCard.module.css";

/** The field that the words are about. */
interface About {
  path: string;
  label: string;
}

interface FeedbackBoxProps {
  proposal: Proposal;
}

/** Where the words are kept until they are sent; their details are the field that they are about. */
export function feedbackKey(sessionId: string, proposalId: string): string {
  return `genesis:${sessionId}:feedback:${proposalId}`;
}

export function speakAbout(key: string, about: About): void {
  drafts.write(key, drafts.own(key).text, JSON.stringify(about));
}

export const FeedbackBox = memo(function FeedbackBox({ proposal }: FeedbackBoxProps) {
  const { t } = useI18n();
  const { state, moment, stage, view, commands, careful, whyNot } = useSession();
  const setAside = useSetAside(state.session_id, stage);
  const draft = useDraft(feedbackKey(state.session_id, proposal.id));
  const { text } = draft;
  const box = useRef<HTMLTextAreaElement>(null);
  const key = `feedback:${proposal.id}`;
  const about = useMemo(() => parsed<About>(draft.details), [draft.details]);
  const refused = useTooMuch()(text, LIMITS.words) ?? whyNot("PROVIDE_FEEDBACK", stage);
  const estimate = useEstimate({ sessionId: state.session_id, version: state.version, stage, proposalId: proposal.id }, text.trim() !== "" && moment === null);
  useEffect(() => {
    if (about) box.current?.focus();
  }, [about]);
  const send = async () => {
    const said = text.trim();
    if (said === "" || refused !== null) return;
    const sending = draft.sending();
    const answer = await careful.send(
      key,
      {
        command_type: "PROVIDE_FEEDBACK",
        session_id: state.session_id,
        payload: { proposal_id: proposal.id, text: said, path: about?.path ?? null },
      },
      { stage, aim: "words", proposalId: proposal.id, seen: seenOf(state, stage), words: said },
    );
    if (answer === null || answer instanceof Problem) return sending.refused();
    if ("choice" in answer) {
      if (answer.choice === "editing") return sending.refused();
      setAside({ words: said });
      showAside();
    }
    sending.arrived();
  };
  const given = useSaid(state, view, proposal.id);
  if ((state.status !== "IN_PROGRESS" || moment !== null) && given.said.length === 0 && !given.more) return null;
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
              <span className={classes["quiet"]}>{t("proposal.feedback.given")}</span> <q dir="auto">{item.text}</q>
            </li>
          ))}
        </ul>
      )}
      {moment === null && (
        <>
          {about && (
            <span className={classes["about"]}>
              {t("proposal.feedback.about", { field: about.label })}
              <ActionIcon size="xs" variant="transparent" color="gray" aria-label={t("proposal.feedback.whole")} onClick={() => draft.setDetails("")}>
                <Icon name="close" size={12} />
              </ActionIcon>
            </span>
          )}
          <OfferedWords draft={draft} />
          <TypedArea
            ref={box}
            data-testid="feedback-input"
            aria-label={t("proposal.feedback")}
            placeholder={`${t("proposal.feedback")} ${t("proposal.feedback.hint")}`}
            value={text}
            limit={LIMITS.words}
            type={draft.write}
            onKeyDown={sendsOn(() => void send())}
            minRows={1}
            maxRows={8}
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
          {text.trim() !== "" && <ReadNote estimate={estimate} />}
        </>
      )}
      <ProblemNote commands={commands} of={key} />
    </div>
  );
});
