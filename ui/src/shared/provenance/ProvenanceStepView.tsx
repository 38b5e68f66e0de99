// One event of a chain, in words: what it was, when, what it wrote of what stands, and the way to it in the history.
import { Link, useLocation, type LinkProps } from "react-router";
import type { Content, Provenance, ProvenanceStep, WorkStage } from "@/shared/api/types";
import { dotted, pathName } from "@/shared/content/pathName";
import { SHAPES } from "@/shared/content/shapes";
import { useI18n } from "@/shared/i18n/i18n";
import { moment } from "@/shared/lib/time";
import { SentButton } from "@/shared/sent/SentButton";
import { GenerationFactsView } from "./GenerationFactsView";
import { proposalMade } from "./origins";
import classes from "./Provenance.module.css";

interface StepProps {
  step: ProvenanceStep;
  found: Provenance;
  sessionId: string;
  stage: WorkStage;
  content: Content;
  /** Characters of the chosen sentence that it wrote; null: none. */
  ofSentence: number | null;
  /** The reader goes elsewhere. */
  leave: () => void;
}

export function ProvenanceStepView({ step, found, sessionId, stage, content, ofSentence, leave }: StepProps) {
  const { t, locale, language } = useI18n();
  const { generation } = step;
  const name = (path: string) => pathName(SHAPES[stage], content, dotted(content, path), language);
  const suggested = step.kind === "corrected" && step.by === "ai";
  const made = proposalMade(step, found);
  const toEvent = useWayToEvent();
  return (
    <li data-testid="origin-step" data-kind={step.kind} data-by={step.by}>
      <strong>
        {t(suggested ? "origin.step.suggested" : `origin.step.${step.kind}`, { model: generation?.model ?? "", n: generation?.proposals ?? 1 })}
      </strong>
      <time dateTime={step.at}>{moment(step.at, locale)}</time>
      {step.kind === "feedback" && (
        <blockquote dir="auto" className={classes["said"]}>
          {step.path && <cite>{name(step.path)}</cite>}
          {step.text}
        </blockquote>
      )}
      {step.locked_paths && (
        <p dir="auto">
          {step.locked_paths.length > 0 ? step.locked_paths.map(name).join(", ") : t("origin.step.unlocked")}
        </p>
      )}
      {generation && <GenerationFactsView facts={generation} />}
      {step.characters > 0 && (
        <p className={classes["wrote"]}>
          {t("origin.wrote", { n: step.characters.toLocaleString(locale) })}
          {ofSentence !== null && ` ${t("origin.wrote.sentence", { n: ofSentence.toLocaleString(locale) })}`}
        </p>
      )}
      <p className={classes["ways"]}>
        {generation && !suggested && made && <SentButton sessionId={step.session_id} proposalId={made} />}
        {suggested && generation?.correlation_id && (
          <SentButton sessionId={step.session_id} generationId={generation.correlation_id} />
        )}
        <Link {...toEvent(step.session_id, step.version)} onClick={leave} data-testid="origin-event">
          {t(step.session_id === sessionId ? "origin.event" : "origin.event.source", { n: step.version })}
        </Link>
        {step.source_session_id && (
          <Link {...toEvent(step.source_session_id, step.source_version ?? 1)} onClick={leave} data-testid="origin-source">
            {t("origin.source", { n: step.source_version ?? 1 })}
          </Link>
        )}
      </p>
    </li>
  );
}

/** In the session that is open, what it shows stays as it is: it is no new page. */
function useWayToEvent(): (session: string, version: number) => Pick<LinkProps, "to" | "replace"> {
  const { pathname, search } = useLocation();
  return (session, version) => {
    const there = `/sessions/${session}`;
    const here = pathname === there;
    return { to: { pathname: there, search: here ? search : "", hash: `event-${version}` }, replace: here };
  };
}
