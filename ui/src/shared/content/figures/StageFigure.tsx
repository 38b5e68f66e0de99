// The picture of a stage's content, where there is one: loaded when it is first shown, and never in the way of the text.
import { Component, lazy, memo, Suspense, type ComponentType, type ReactNode } from "react";
import type { WorkStage } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import classes from "./Figure.module.css";

export interface FigureContent {
  content: Record<string, unknown>;
}

const FIGURES: Partial<Record<WorkStage, ComponentType<FigureContent>>> = {
  CHARACTERS: lazy(async () => ({ default: (await import("./RelationMap")).RelationMap })),
  WORLDVIEW: lazy(async () => ({ default: (await import("./PlaceTree")).PlaceTree })),
  PLOT_OUTLINE: lazy(async () => ({ default: (await import("./PlotLine")).PlotLine })),
};

export const StageFigure = memo(function StageFigure({ stage, content }: FigureContent & { stage: WorkStage }) {
  const Picture = FIGURES[stage];
  if (!Picture) return null;
  return (
    <Guard content={content} instead={<Broken />}>
      <Suspense fallback={null}>
        <Picture content={content} />
      </Suspense>
    </Guard>
  );
});

function Broken() {
  const { t } = useI18n();
  return <p className={classes["hint"]}>{t("figure.broken")}</p>;
}

interface GuardProps extends FigureContent {
  instead: ReactNode;
  children: ReactNode;
}

/** A picture that cannot be loaded or drawn takes nothing with it. The next content is tried again. */
class Guard extends Component<GuardProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidUpdate(before: GuardProps) {
    if (this.state.failed && before.content !== this.props.content) this.setState({ failed: false });
  }

  override render() {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}
