// One proposal: to read, to accept, to speak about, to lock parts of, to edit.
import { VisuallyHidden } from "@mantine/core";
import { memo, useCallback, useId, useMemo, useRef } from "react";
import type { Content, Proposal } from "@/shared/api/types";
import { DocumentView } from "@/shared/content/DocumentView";
import { StageFigure } from "@/shared/content/figures/StageFigure";
import { FieldToolsContext, type FieldTools } from "@/shared/content/fieldTools";
import { toggleLock } from "@/shared/content/locks";
import { LEAD, SHAPES, SKIP, TITLE_FIELD } from "@/shared/content/shapes";
import { FieldButtons } from "@/shared/content/FieldHead";
import { useI18n } from "@/shared/i18n/i18n";
import { fieldLabel } from "@/shared/i18n/labels";
import { useRoving } from "@/shared/lib/roving";
import { clock } from "@/shared/lib/time";
import { SentButton } from "@/shared/sent/SentButton";
import { Coming } from "@/shared/ui/Coming";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import { LengthText } from "@/shared/ui/LengthText";
import { OfferedWords } from "@/shared/ui/OfferedWords";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { titleOf, useWhole } from "./contents";
import { useSession } from "./context";
import { editKey, useEditDraft } from "./editDraft";
import { EditForm } from "./EditForm";
import { FeedbackBox, feedbackKey, speakAbout } from "./FeedbackBox";
import { Lacking } from "./Lacking";
import { lockSource, locksShownOn } from "./lockSource";
import { ProposalNotes } from "./ProposalNotes";
import { seenOf } from "./seen";
import { Shortlist } from "./Shortlist";
import { WhatChanged } from "./WhatChanged";
import classes from "./ProposalCard.module.css";

export const ProposalCard = memo(function ProposalCard({ proposal }: { proposal: Proposal }) {
  const { t, language, locale } = useI18n();
  const { state, moment, stage, view, commands, whyNot } = useSession();
  const draft = useEditDraft(editKey(state.session_id, proposal.id));
  const editing = draft.open && moment === null; // what is typed is of now
  const card = useRef<HTMLElement>(null);
  const whole = useWhole(state, proposal.id);
  const content = whole.data?.content ?? null;
  const begin = () => {
    if (content === null) return;
    draft.begin(content);
    requestAnimationFrame(() => card.current?.scrollIntoView({ block: "start" }));
  };
  const words = feedbackKey(state.session_id, proposal.id);
  const comment = useCallback((path: string, label: string) => speakAbout(words, { path, label }), [words]);
  const tools = useTools(proposal, content, comment);
  const titleField = TITLE_FIELD[stage];
  const listed = view.proposals.find((other) => other.id === proposal.revision_of);
  const before = useWhole(state, listed || view.more_proposals ? proposal.revision_of : null);
  const revised = listed ?? before.data;
  const accepted = view.confirmed_proposal_id === proposal.id;
  const title = titleOf(stage, whole.data ?? proposal);
  return (
    <article
      ref={card}
      tabIndex={-1}
      className={classes["card"]}
      data-editing={editing || undefined}
      data-document={stage !== "CONCEPT_SELECTION" || undefined}
      data-testid="proposal-card"
      data-proposal
      data-accepted={accepted || undefined}
      aria-label={title || t("proposal.version", { n: proposal.version })}
    >
      <div className={classes["meta"]}>
        <span>
          {t("proposal.version", { n: proposal.version })} · {t(`origin.${proposal.origin}`)} ·{" "}
          {clock(proposal.created_at, locale)}
          {revised && ` · ${t("proposal.revises", { n: revised.version })}`}
          {proposal.origin === "ai" && (
            <span data-screen-only>
              {" · "}
              <SentButton sessionId={state.session_id} proposalId={proposal.id} />
            </span>
          )}
        </span>
        {content !== null && <LengthText content={content} />}
      </div>
      {!editing && whyNot("EDIT_CONTENT", stage) === null && <OfferedWords draft={draft}>{t("edit.unsent")}</OfferedWords>}
      {editing ? (
        <EditForm draft={draft} proposal={proposal} />
      ) : (
        <FieldToolsContext value={tools}>
          <Readable>
            {title && titleField && (
              <div className={classes["titleLine"]}>
                <h3 className={classes["title"]} dir="auto">
                  {title}
                </h3>
                <FieldButtons label={fieldLabel(titleField, language)} path={`/${titleField}`} />
              </div>
            )}
            {whole.data && before.data && <WhatChanged proposal={whole.data} before={before.data} />}
            {whole.data && revised && !before.data && <Coming asked={before} />}
            {content === null ? (
              <Coming asked={whole} />
            ) : (
              <>
                <StageFigure stage={stage} content={content} />
                <DocumentView fields={SHAPES[stage]} content={content} skip={SKIP[stage]} lead={LEAD[stage]} />
              </>
            )}
          </Readable>
        </FieldToolsContext>
      )}
      {!editing && content !== null && <Lacking proposal={proposal} content={content} />}
      {!editing && <ProposalNotes notes={whole.data?.notes ?? []} codes={whole.data?.note_codes ?? []} content={content} />}
      <ProblemNote commands={commands} of={`lock:${proposal.id}`} />
      <footer className={classes["foot"]}>
        <FeedbackBox proposal={proposal} />
        {!editing && <CardActions proposal={proposal} content={content} accepted={accepted} edit={begin} />}
      </footer>
    </article>
  );
});

/** The text itself: one stop of the Tab key, with the arrow keys from field to field. */
function Readable({ children }: { children: React.ReactNode }) {
  const { t } = useI18n();
  const text = useRef<HTMLDivElement>(null);
  const id = useId();
  useRoving(text);
  return (
    <div ref={text} role="group" aria-label={t("proposal.text")} aria-describedby={id} className={classes["text"]}>
      {children}
      <VisuallyHidden id={id}>{t("proposal.text.keys")}</VisuallyHidden>
      <span className={classes["keys"]} aria-hidden="true">
        {t("proposal.text.keys")}
      </span>
    </div>
  );
}

interface ActionsProps {
  proposal: Proposal;
  /** Null: it is on its way, and nobody answers what they cannot see. */
  content: Content | null;
  accepted: boolean;
  edit: () => void;
}

function CardActions({ proposal, content, accepted, edit }: ActionsProps) {
  const { t } = useI18n();
  const { state, stage, view, commands, careful, whyNot } = useSession();
  const key = `confirm:${proposal.id}`;
  const settled = accepted && view.status === "confirmed";
  const confirm = () =>
    void careful.send(
      key,
      { command_type: "CONFIRM_STAGE", session_id: state.session_id, payload: { stage, proposal_id: proposal.id } },
      { stage, aim: "accept", proposalId: proposal.id, seen: seenOf(state, stage), ...(content ? { content } : {}) },
    );
  const unseen = content === null ? t("content.coming") : null;
  const other = view.status === "confirmed" || view.status === "stale";
  const word = accepted ? "proposal.acceptAgain" : other ? "proposal.acceptInstead" : "proposal.accept";
  return (
    <>
      <div className={classes["actions"]} data-answer>
        {settled ? (
          <span className={classes["accepted"]}>
            <Icon name="check" size={18} /> {t("proposal.accepted")}
          </span>
        ) : (
          <GuardedButton
            data-testid="confirm-button"
            variant={other && !accepted ? "light" : "filled"}
            leftSection={<Icon name="check" size={16} />}
            why={whyNot("CONFIRM_STAGE", stage) ?? unseen}
            loading={commands.busy(key)}
            onClick={confirm}
          >
            {t(word)}
          </GuardedButton>
        )}
        <GuardedButton
          variant="subtle"
          color="gray"
          leftSection={<Icon name="edit" size={16} />}
          why={whyNot("EDIT_CONTENT", stage) ?? unseen}
          onClick={edit}
        >
          {t("proposal.edit")}
        </GuardedButton>
        {stage === "CONCEPT_SELECTION" && <Shortlist proposal={proposal} />}
      </div>
      <ProblemNote commands={commands} of={key} />
    </>
  );
}

/** Locking names the proposal whose text is kept; taking a lock off leaves the others where they are. */
function useTools(proposal: Proposal, content: Content | null, comment: FieldTools["comment"]): FieldTools {
  const { t } = useI18n();
  const { state, stage, view, live, careful, whyNot } = useSession();
  const source = lockSource(live.timeline, stage);
  const kept = useWhole(state, view.locked_paths.length > 0 ? source : null);
  const keptContent = kept.data?.content ?? null;
  // a list of locks replaces the one before: it is not sent before all of it is known
  const unknown = (view.more_locked_paths ?? 0) > 0 || (view.locked_paths.length > 0 && source !== null && !keptContent && !kept.failed);
  return useMemo(() => {
    const shown = locksShownOn(content ?? {}, keptContent, view);
    const toggle = (path: string) => {
      const off = shown.includes(path);
      const payload = {
        stage,
        locked_paths: toggleLock(off ? view.locked_paths : shown, path),
        ...(off ? {} : { proposal_id: proposal.id }),
      };
      void careful.send(
        `lock:${proposal.id}`,
        { command_type: "EDIT_CONTENT", session_id: state.session_id, payload },
        { stage, aim: "locks", proposalId: proposal.id, seen: seenOf(state, stage), list: payload.locked_paths },
      );
    };
    return {
      locked: shown,
      whyNotLock: whyNot("EDIT_CONTENT", stage) ?? (unknown ? t("content.coming") : null),
      toggleLock: toggle,
      whyNotComment: whyNot("PROVIDE_FEEDBACK", stage),
      comment,
    };
  }, [proposal, content, comment, state, stage, view, keptContent, unknown, careful, whyNot, t]);
}
