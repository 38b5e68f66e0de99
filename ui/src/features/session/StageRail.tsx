// The stages on the left: where each stands, where the writer is, and where one can go.
import { Tooltip, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { memo, useEffect, useId, useRef, type RefObject } from "react";
import type { StageView, WorkStage } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { StatusDot } from "@/shared/ui/StatusDot";
import { useSession } from "./context";
import { writesIn } from "./writing";
import classes from "./StageRail.module.css";

export const StageRail = memo(function StageRail() {
  const { t } = useI18n();
  const { state, stage, commands } = useSession();
  const strip = useRef<HTMLOListElement>(null);
  useStrip(strip, stage);
  return (
    <nav aria-label={t("pane.stages")} className={classes["rail"]}>
      <ol ref={strip}>
        {state.stages.map((view, index) => (
          <li key={view.stage}>
            <StageButton view={view} place={index + 1} />
          </li>
        ))}
      </ol>
      <ProblemNote commands={commands} of="navigate" />
    </nav>
  );
});

/** On a phone the stages lie side by side: the one on the table is in sight, and an edge that hides more fades out. */
function useStrip(strip: RefObject<HTMLOListElement | null>, stage: WorkStage): void {
  useEffect(() => {
    const element = strip.current;
    if (element === null) return;
    const look = () => {
      const left = element.scrollLeft;
      element.toggleAttribute("data-before", left > 1);
      element.toggleAttribute("data-after", left + element.clientWidth < element.scrollWidth - 1);
    };
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [strip]);
  useEffect(() => {
    const element = strip.current;
    const here = element?.querySelector("[aria-current]")?.getBoundingClientRect();
    if (!element || !here) return;
    const box = element.getBoundingClientRect();
    element.scrollLeft += here.left + here.width / 2 - (box.left + box.width / 2);
  }, [strip, stage]);
}

function StageButton({ view, place }: { view: StageView; place: number }) {
  const { t } = useI18n();
  const { state, moment, stage, go, whyNot, stageName, commands } = useSession();
  const id = useId();
  const own = view.stage as WorkStage;
  const here = own === stage;
  const ended = state.status !== "IN_PROGRESS" || moment !== null;
  const why = here || ended ? null : whyNot("NAVIGATE_TO_STAGE", own);
  const writing = writesIn(state.pending, own);
  return (
    <Tooltip label={why} disabled={!why} multiline maw={260} position="right">
      <UnstyledButton
        className={classes["stage"]}
        data-testid={`stage-${own}`}
        data-status={view.status}
        aria-current={here ? "step" : undefined}
        aria-disabled={why !== null || undefined}
        aria-describedby={why !== null ? id : undefined}
        data-busy={commands.busy("navigate") || undefined}
        onClick={() => {
          if (!here && why === null) go(own);
        }}
      >
        <span className={classes["place"]}>{place}</span>
        <span className={classes["name"]}>{stageName(own)}</span>
        <span className={classes["status"]}>
          <StatusDot status={writing ? "writing" : view.status} />
          <span className={classes["word"]}>{writing ? t("dash.working") : t(`stageStatus.${view.status}`)}</span>
        </span>
        {why !== null && <VisuallyHidden id={id}>{why}</VisuallyHidden>}
      </UnstyledButton>
    </Tooltip>
  );
}
