// What is being written, as it grows; and what was written when the writing was stopped.
import { Button, Group, Skeleton } from "@mantine/core";
import { memo, useEffect } from "react";
import { DocumentView } from "@/shared/content/DocumentView";
import { StageFigure } from "@/shared/content/figures/StageFigure";
import { LEAD, SHAPES, SKIP, TITLE_FIELD } from "@/shared/content/shapes";
import { asText, isEmpty } from "@/shared/content/values";
import type { Content, DraftFrame, Pending, WorkStage } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { useStoredValue } from "@/shared/lib/useStored";
import { LengthText } from "@/shared/ui/LengthText";
import { useSession } from "./context";
import { ownKey, useEditDraft } from "./editDraft";
import { draftContents, endedEarly } from "./live";
import { rawOf, writesIn } from "./writing";
import classes from "./ProposalCard.module.css";

interface Unfinished {
  correlation_id: string;
  stage: string;
  contents: Content[];
}

/** One place for each stage: a round in another stage leaves alone what stopped in this one. */
function unfinishedKey(sessionId: string, stage: string): string {
  return `genesis:${sessionId}:${stage}:unfinished`;
}

export const Drafts = memo(function Drafts() {
  const { state, moment, stage } = useSession();
  if (writesIn(state.pending, stage)) return <Growing />;
  return moment === null ? <Stopped /> : null;
});

function Growing() {
  const { state, moment, live } = useSession();
  const pending = state.pending;
  const [, keep] = useStoredValue<Unfinished>(unfinishedKey(state.session_id, pending?.stage ?? ""));
  const shown = pending ? newest(live.draft, pending) : null;
  const contents = draftContents(shown);
  const written = contents.filter((content) => !isEmpty(content));
  const snapshot = JSON.stringify(written);
  const work = pending?.correlation_id;
  const stage = pending?.stage;
  useEffect(() => {
    // what is only looked at is not kept in this browser
    if (moment !== null || work === undefined || stage === undefined || snapshot === "[]") return;
    const timer = setTimeout(
      () => keep({ correlation_id: work, stage, contents: JSON.parse(snapshot) as Content[] }),
      150,
    );
    return () => clearTimeout(timer);
  }, [moment, work, stage, snapshot, keep]);
  if (!pending) return null;
  const asked = live.timeline.findLast((entry) => entry.correlation_id === pending.correlation_id)?.data["count"];
  const places = Math.max(contents.length, typeof asked === "number" ? asked : 1);
  return (
    <div className={classes["list"]} data-stage={pending.stage}>
      {Array.from({ length: places }, (_, index) => (
        <DraftCard key={index} stage={pending.stage as WorkStage} content={contents[index] ?? {}} raw={index === 0 ? rawOf(shown) : ""} growing />
      ))}
    </div>
  );
}

function newest(frame: DraftFrame | null, pending: Pending): unknown {
  if (frame?.correlation_id !== pending.correlation_id) return pending.draft;
  // a draft that the state leaves out comes by the stream alone
  return frame.seq >= pending.draft_seq || pending.draft_omitted ? frame.content : pending.draft;
}

/** After a stop or a failure: nothing that was written goes away before the next round. */
function Stopped() {
  const { t } = useI18n();
  const { state, stage, live, whyNot } = useSession();
  const [unfinished, keep] = useStoredValue<Unfinished>(unfinishedKey(state.session_id, stage));
  const own = useEditDraft(ownKey(state.session_id, stage));
  const ended = endedEarly(live.timeline.filter((entry) => entry.stage === stage));
  if (!unfinished || ended?.correlation_id !== unfinished.correlation_id) return null;
  return (
    <div className={classes["list"]} data-stage={stage}>
      {unfinished.contents.map((content, index) => (
        <DraftCard key={index} stage={stage} content={content}>
          <p className={classes["quiet"]}>{t("draft.unfinished.text")}</p>
          <Group gap="xs">
            <Button size="xs" variant="light" disabled={whyNot("EDIT_CONTENT", stage) !== null} onClick={() => own.begin(content)}>
              {t("draft.adopt")}
            </Button>
            <Button size="xs" variant="subtle" color="gray" onClick={() => keep(null)}>
              {t("draft.dismiss")}
            </Button>
          </Group>
        </DraftCard>
      ))}
    </div>
  );
}

interface DraftCardProps {
  stage: WorkStage;
  content: Content;
  /** What the model says before any of it has its place. */
  raw?: string;
  growing?: boolean;
  children?: React.ReactNode;
}

function DraftCard({ stage, content, raw = "", growing = false, children }: DraftCardProps) {
  const { t } = useI18n();
  const titleField = TITLE_FIELD[stage];
  const title = titleField ? asText(content[titleField]) : "";
  return (
    <article className={classes["card"]} data-draft data-testid={growing ? "draft-card" : "unfinished-card"} aria-busy={growing}>
      <div className={classes["meta"]}>
        <strong>{t(growing ? "draft.title" : "draft.unfinished")}</strong>
        {!isEmpty(content) && <LengthText content={content} />}
      </div>
      {title && (
        <h3 className={classes["title"]} dir="auto">
          {title}
        </h3>
      )}
      {isEmpty(content) ? (
        <div className={classes["waiting"]}>
          <span>{t(raw ? "draft.raw" : "draft.first")}</span>
          {raw && (
            <p className={classes["raw"]} dir="auto" data-testid="draft-raw">
              {raw}
            </p>
          )}
          <Skeleton height={10} radius="xl" />
          <Skeleton height={10} radius="xl" width="82%" />
          <Skeleton height={10} radius="xl" width="64%" />
        </div>
      ) : (
        <>
          <StageFigure stage={stage} content={content} />
          <DocumentView fields={SHAPES[stage]} content={content} skip={SKIP[stage]} lead={LEAD[stage]} />
        </>
      )}
      {children}
    </article>
  );
}
