// A confirmed stage, read with who wrote which of its characters. What is pressed opens the chain behind it.
import { useEffect, useMemo, useRef, useState, type RefObject } from "react";
import type { Content, Provenance, WorkStage } from "@/shared/api/types";
import { DocumentView } from "@/shared/content/DocumentView";
import { OriginsContext, type Origins, type Sentence } from "@/shared/content/origins";
import { dotted } from "@/shared/content/pathName";
import { SHAPES } from "@/shared/content/shapes";
import { useI18n } from "@/shared/i18n/i18n";
import { useRoving } from "@/shared/lib/roving";
import { byPlace, handsOf, pieces, sentences } from "./origins";
import { ProvenancePanel } from "./ProvenancePanel";
import { Shares } from "./Shares";
import { Telling } from "./Telling";
import { useProvenance } from "./useProvenance";
import classes from "./Provenance.module.css";

interface TextProps {
  sessionId: string;
  stage: WorkStage;
  content: Content;
  /** Of the session. */
  version: number;
}

export interface Chosen {
  /** A pointer into the stage's content, as the server names it. */
  path: string;
  /** What was pressed; null: the whole of what lies at the path. */
  sentence: { place: number; pieces: Sentence } | null;
}

export function ProvenanceText({ sessionId, stage, content, version }: TextProps) {
  const { t } = useI18n();
  const view = useRef<HTMLElement>(null);
  const told = useProvenance(sessionId, `/${stage}`, version, useNear(view));
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const group = useRef<HTMLDivElement>(null);
  useRoving(group);
  const origins = useOriginsOf(told.found, content, chosen, setChosen);
  return (
    <section ref={view} className={classes["view"]} aria-label={t("origin.title")} data-testid="provenance" data-stage={stage} data-open={chosen !== null || undefined}>
      <Telling told={told} />
      {told.found && <Shares shares={told.found.shares} />}
      <OriginsContext value={origins}>
        <div ref={group} role="group" aria-label={t("proposal.text")} className={classes["text"]}>
          <p className={classes["hint"]}>{told.found ? t("origin.keys") : null}</p>
          <DocumentView fields={SHAPES[stage]} content={content} depth={stage === "CONCEPT_SELECTION" ? 1 : 0} />
        </div>
      </OriginsContext>
      <ProvenancePanel
        sessionId={sessionId}
        stage={stage}
        content={content}
        version={version}
        chosen={chosen}
        choose={setChosen}
      />
    </section>
  );
}

/** Whether the reader has come near: a book is long, and each part of it is asked for by itself. Paper shows all of it. */
function useNear(place: RefObject<HTMLElement | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (near || element === null) return;
    const come = () => setNear(true);
    const seen = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && come(), {
      rootMargin: "600px",
    });
    seen.observe(element);
    window.addEventListener("beforeprint", come);
    return () => {
      seen.disconnect();
      window.removeEventListener("beforeprint", come);
    };
  }, [near, place]);
  return near;
}

function useOriginsOf(
  found: Provenance | null,
  content: Content,
  chosen: Chosen | null,
  choose: (chosen: Chosen) => void,
): Origins | null {
  const { language } = useI18n();
  const known = useMemo(() => {
    if (!found) return null;
    const places = byPlace(content, found);
    const hands = handsOf(found);
    const cut = new Map<string, readonly Sentence[]>();
    const valueAt = (path: string) => places.get(dotted(content, path));
    const sentencesOf = (path: string, text: string) => {
      const key = `${path} ${text}`;
      const value = valueAt(path);
      const done = cut.get(key) ?? (value ? sentences(pieces(value, hands, text), language) : []);
      cut.set(key, done);
      return done;
    };
    return { sentencesOf, authorOf: (path: string) => valueAt(path)?.author ?? null };
  }, [found, content, language]);
  return useMemo(() => {
    if (known === null) return null;
    return {
      ...known,
      open: (path, place, of) => choose({ path, sentence: { place, pieces: of } }),
      chosen: chosen?.sentence ? { path: chosen.path, place: chosen.sentence.place } : null,
    };
  }, [known, chosen, choose]);
}
