// What is accepted in a stage and is the text of no proposal, as a program may give it: to read, and to edit.
import type { Content, Proposal, StageView } from "@/shared/api/types";
import { DocumentView } from "@/shared/content/DocumentView";
import { StageFigure } from "@/shared/content/figures/StageFigure";
import { LEAD, SHAPES, SKIP, TITLE_FIELD } from "@/shared/content/shapes";
import { asText } from "@/shared/content/values";
import { useI18n } from "@/shared/i18n/i18n";
import { clock } from "@/shared/lib/time";
import { Coming } from "@/shared/ui/Coming";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import { LengthText } from "@/shared/ui/LengthText";
import { useSettled } from "./contents";
import { useSession } from "./context";
import { ownKey, useEditDraft } from "./editDraft";
import { differs } from "./accepted";
import classes from "./ProposalCard.module.css";

/** Whether what is accepted on the table is another text than that of the proposal which it is said to be. */
export function useAcceptedAlone(proposals: readonly Proposal[]): boolean {
  const { state, stage, view } = useSession();
  return isAccepted(view, stage in state.confirmed_data) && differs(view, proposals, state.confirmed_data[stage] ?? null);
}

function isAccepted(view: StageView, kept: boolean): boolean {
  return kept && (view.status === "confirmed" || view.status === "stale");
}

export function AcceptedText() {
  const { t, locale } = useI18n();
  const { state, stage, live, whyNot } = useSession();
  const draft = useEditDraft(ownKey(state.session_id, stage));
  const content: Content | null = useSettled(state, [stage])?.[stage] ?? null;
  const titleField = TITLE_FIELD[stage];
  const title = titleField && content ? asText(content[titleField]) : "";
  const given = live.timeline.findLast((entry) => entry.event_type === "StageConfirmed" && entry.stage === stage);
  return (
    <section className={classes["round"]} aria-label={t("proposal.accepted")}>
      <article
        tabIndex={-1}
        className={classes["card"]}
        data-document={stage !== "CONCEPT_SELECTION" || undefined}
        data-testid="accepted-text"
        data-proposal
        data-accepted
        aria-label={title || t("proposal.accepted")}
      >
        <div className={classes["meta"]}>
          <span>
            {t("accepted.alone")}
            {given && ` · ${clock(given.occurred_at, locale)}`}
          </span>
          {content !== null && <LengthText content={content} />}
        </div>
        <div className={classes["text"]}>
          {title && (
            <h3 className={classes["title"]} dir="auto">
              {title}
            </h3>
          )}
          {content === null ? (
            <Coming asked={{ data: null, failed: false, again: () => undefined }} />
          ) : (
            <>
              <StageFigure stage={stage} content={content} />
              <DocumentView fields={SHAPES[stage]} content={content} skip={SKIP[stage]} lead={LEAD[stage]} />
            </>
          )}
        </div>
        <footer className={classes["foot"]}>
          <div className={classes["actions"]} data-answer>
            <span className={classes["accepted"]}>
              <Icon name="check" size={18} /> {t("proposal.accepted")}
            </span>
            <GuardedButton
              variant="subtle"
              color="gray"
              leftSection={<Icon name="edit" size={16} />}
              why={whyNot("EDIT_CONTENT", stage) ?? (content === null ? t("content.coming") : null)}
              onClick={() => {
                if (content === null) return;
                draft.begin(content);
                requestAnimationFrame(() => document.querySelector("[data-edit-form]")?.scrollIntoView({ block: "center" }));
              }}
            >
              {t("proposal.edit")}
            </GuardedButton>
          </div>
        </footer>
      </article>
    </section>
  );
}
