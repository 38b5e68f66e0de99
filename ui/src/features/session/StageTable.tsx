// The stage on the table: what it is for, drafts in progress, proposals, and how to get more of them.
import { Button } from "@mantine/core";
import { memo, useEffect, useMemo, useRef } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { useKeys } from "@/shared/lib/keys";
import { Notice } from "@/shared/ui/Notice";
import { OfferedWords } from "@/shared/ui/OfferedWords";
import { OriginsButton } from "@/shared/provenance/OriginsButton";
import { useOriginsShown } from "@/shared/provenance/useOriginsShown";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { isMuse } from "./AiPane";
import { Contradictions } from "./Contradictions";
import { Composer } from "./Composer";
import { useSession } from "./context";
import { Drafts } from "./Drafts";
import { ownKey, useEditDraft } from "./editDraft";
import { EditForm } from "./EditForm";
import { useTime } from "./past/context";
import { Proposals } from "./Proposals";
import { toNextProposal } from "./reach";
import { RoundNotes } from "./RoundNotes";
import { SetAside } from "./SetAside";
import { StageOrigins } from "./StageOrigins";
import { useGenerate } from "./useGenerate";
import { useKeptFocus } from "./useKeptFocus";
import { writesIn } from "./writing";
import classes from "./StageTable.module.css";

export const StageTable = memo(function StageTable() {
  const { t } = useI18n();
  const session = useSession();
  const { state, moment, foreign, stage, view, stageName, commands, whyNot } = session;
  const { place } = useTime();
  const past = moment !== null;
  const generate = useGenerate();
  const own = useEditDraft(ownKey(state.session_id, stage));
  const heading = useRef<HTMLHeadingElement>(null);
  useKeptFocus(heading);
  const [asked, toggleOrigins] = useOriginsShown();
  const accepted = stage in state.confirmed_data;
  const whyNoOrigins = place !== null ? t("origin.past") : accepted ? null : t("origin.whyNot");
  const origins = asked && whyNoOrigins === null;
  useStudioKeys(whyNoOrigins === null ? toggleOrigins : undefined);
  const active = state.status === "IN_PROGRESS";
  const done = active && whyNot("FINISH_GENESIS") === null;
  const pendingHere = writesIn(state.pending, stage);
  const work = pendingHere ? (state.pending?.correlation_id ?? null) : null;
  useTopOfWhatIsNew(stage, past ? null : work, past ? "past" : `${state.status} ${done}`);
  return (
    <>
      <header className={classes["head"]}>
        <h2 ref={heading} tabIndex={-1}>
          {stageName(stage)}
        </h2>
        <p>{t(`stage.${stage}.about`)}</p>
        <OriginsButton shown={origins} why={whyNoOrigins} toggle={toggleOrigins} />
        {isMuse(session.live) && <p className={classes["muse"]}>{t("ai.muse.short")}</p>}
      </header>
      {done && <Done />}
      <Contradictions />
      {view.status === "stale" && (
        <Notice tone="warning" title={t("stageStatus.stale")}>
          {t("stageStatus.stale.why")}
        </Notice>
      )}
      <Drafts />
      {active && foreign === null && !pendingHere && (past || (!own.open && !origins)) && (
        <Composer
          generate={generate}
          first={view.proposals.length === 0 && !accepted}
          whyNotEdit={whyNot("EDIT_CONTENT", stage)}
          writeOwn={() => own.begin({})}
        />
      )}
      {active && !pendingHere && !origins && <RoundNotes generate={generate} />}
      <ProblemNote commands={commands} of="generate" />
      {!own.open && whyNot("EDIT_CONTENT", stage) === null && <OfferedWords draft={own}>{t("edit.unsent")}</OfferedWords>}
      {own.open && !past && <EditForm draft={own} />}
      {!past && <SetAside />}
      {foreign !== null && !origins && !pendingHere && !accepted && view.proposals.length === 0 && <p className={classes["none"]}>{t("foreign.empty")}</p>}
      {origins ? <StageOrigins /> : <Proposals key={stage} />}
    </>
  );
});

/** Nothing is left to accept: what that means, and the way on. */
function Done() {
  const { t } = useI18n();
  const { state, commands } = useSession();
  return (
    <div data-testid="all-confirmed">
      <Notice
        tone="calm"
        action={
          <Button
            size="xs"
            loading={commands.busy("finish")}
            onClick={() =>
              void commands.run("finish", { command_type: "FINISH_GENESIS", session_id: state.session_id, payload: {} })
            }
          >
            {t("studio.finish")}
          </Button>
        }
      >
        {t("studio.finish.lead")}
      </Notice>
    </div>
  );
}

/** A stage begins at its top, and so does what is being written in it, and the end. A reload stays where it was. */
function useTopOfWhatIsNew(stage: string, work: string | null, status: string): void {
  const before = useRef({ stage, work, status });
  useEffect(() => {
    const moved = before.current.stage !== stage;
    const begun = (work !== null && before.current.work !== work) || before.current.status !== status;
    before.current = { stage, work, status };
    if (moved || (begun && status !== "past")) window.scrollTo({ top: 0, behavior: moved ? "instant" : "smooth" });
  }, [stage, work, status]);
}

function useStudioKeys(origins: (() => void) | undefined): void {
  const { state, moment, commands, whyNot } = useSession();
  const generate = useGenerate();
  const past = moment !== null;
  const keys = useMemo(() => {
    const stop = () => {
      if (whyNot("CANCEL_GENERATION") !== null) return;
      void commands.run("stop", { command_type: "CANCEL_GENERATION", session_id: state.session_id, payload: {} });
    };
    const reading = { proposal: toNextProposal, ...(origins ? { origins } : {}) };
    return past ? reading : { ...reading, generate: generate.run, again: generate.again, stop };
  }, [generate, commands, whyNot, past, state.session_id, origins]);
  useKeys(keys);
}
