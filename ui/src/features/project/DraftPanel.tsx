// "Write this chapter": asks for a draft, shows it growing scene by scene, and lets the author take or leave it.
import { Button, Progress } from "@mantine/core";
import { useCallback, useState } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { Chapter, ChapterCommand, ChapterDraft } from "@/shared/api/types";
import type { Key } from "@/shared/i18n/en";
import { useI18n, useProblemText, useWarningText } from "@/shared/i18n/i18n";
import { readChapter, sendChapterCommand, useSceneSoFar } from "@/shared/projects/projects";
import { useWordsText } from "@/shared/projects/useWordsText";
import { Notice } from "@/shared/ui/Notice";
import { DraftForm } from "./DraftForm";
import { editorOnPage } from "./editor/places";
import classes from "./Project.module.css";
import { SceneText } from "./SceneText";

interface DraftPanelProps {
  facts: Chapter;
  changed: (found: Chapter) => void;
}

/** Sends one command of this chapter after the other, and reads the chapter again. */
export interface Giving {
  give: (command: ChapterCommand) => void;
  busy: boolean;
}

export function DraftPanel({ facts, changed }: DraftPanelProps) {
  const { t } = useI18n();
  const say = useProblemText();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const { id, project_id } = facts;
  const give = useCallback(
    (command: ChapterCommand) => {
      const given = async () => {
        setBusy(true);
        setProblem(null);
        try {
          const answer = await sendChapterCommand(command);
          changed(await readChapter(project_id, id, answer.version));
        } catch (error) {
          setProblem(asProblem(error));
          await readChapter(project_id, id).then(changed, () => undefined);
        } finally {
          setBusy(false);
        }
      };
      void given();
    },
    [id, project_id, changed],
  );
  const giving = { give, busy };
  const { draft } = facts;
  if (facts.removed && !draft) return null;
  return (
    <section className={classes["drafting"]} data-testid="drafting" data-status={draft?.status ?? "none"} aria-label={t("drafting.title")}>
      {problem && (
        <Notice tone="danger" alert>
          {say(problem)}
        </Notice>
      )}
      {draft?.status === "writing" && <Writing facts={facts} draft={draft} giving={giving} />}
      {draft && draft.status !== "writing" && <Ended facts={facts} draft={draft} giving={giving} />}
      {draft?.status !== "writing" && !facts.removed && <DraftForm facts={facts} giving={giving} />}
    </section>
  );
}

function Writing({ facts, draft, giving }: { facts: Chapter; draft: ChapterDraft; giving: Giving }) {
  const { t } = useI18n();
  const live = useSceneSoFar(facts.id, draft.correlation_id);
  const came = draft.scenes.length;
  const latest = live && live.number > came ? live : draft.so_far && draft.so_far.number > came ? draft.so_far : null;
  const percent = Math.max(live?.percent ?? 0, draft.percent, draft.of > 0 ? (100 * came) / draft.of : 0);
  return (
    <>
      <div className={`${classes["draftLine"]} ${classes["live"]}`}>
        <strong role="status">{latest ? t("drafting.scene", { n: latest.number, of: latest.of }) : t("drafting.begins")}</strong>
        <Button size="xs" variant="light" color="red" loading={giving.busy} onClick={() => giving.give({ command_type: "CANCEL_DRAFT", chapter_id: facts.id })} data-testid="stop-draft">
          {t("drafting.stop")}
        </Button>
      </div>
      <Progress value={percent} size="xs" aria-label={t("drafting.progress")} transitionDuration={300} />
      {draft.scenes.map((scene) => (
        <SceneText key={scene.number} scene={scene} of={draft.of} wish={draft.selection?.wish} language={facts.language} />
      ))}
      {latest && <SceneText scene={latest} of={latest.of} wish={draft.selection?.wish} language={facts.language} growing />}
    </>
  );
}

function Ended({ facts, draft, giving }: { facts: Chapter; draft: ChapterDraft; giving: Giving }) {
  const { t, locale } = useI18n();
  const number = new Intl.NumberFormat(locale);
  const length = useWordsText();
  const why = useWarningText();
  const { give, busy } = giving;
  const left = draft.scenes.filter((scene) => !scene.accepted);
  const words = draft.scenes.reduce((sum, scene) => sum + scene.words, 0);
  const kept = t(draft.scenes.length === 1 ? "drafting.kept.one" : "drafting.kept", { n: number.format(draft.scenes.length) });
  // one scene of a chapter that was written anew takes no other paragraph away: only all of them stand for the text
  const accept = (scenes: number[] | null) => give({ command_type: "ACCEPT_DRAFT", chapter_id: facts.id, payload: { draft_id: draft.id, scenes, after_block: null, replace: draft.anew && scenes === null } });
  return (
    <>
      {draft.status === "written" && (
        <p className={classes["draftSaid"]}>{draft.selection ? t(draft.scenes.length === 1 ? "rewrite.written.one" : "rewrite.written", { n: number.format(draft.scenes.length) }) : t(draft.scenes.length === 1 ? "drafting.written.one" : "drafting.written", { length: length(facts.language, words), scenes: number.format(draft.scenes.length) })}</p>
      )}
      {draft.status === "cancelled" && <p className={classes["draftSaid"]}>{t(draft.scenes.length > 0 ? "drafting.stopped" : "drafting.stopped.none")}</p>}
      {draft.status === "failed" && (
        <Notice tone="warning" title={t("drafting.failed")}>
          <p>{why("GENERATION_FAILED", draft.message, draft.code)}</p>
          {draft.scenes.length > 0 && <p>{kept}</p>}
        </Notice>
      )}
      <p className={classes["draftCost"]}>
        <Cost draft={draft} />
      </p>
      <div className={classes["choices"]}>
        {left.length > 0 && (
          <Button size="sm" loading={busy} onClick={() => accept(null)} data-testid="accept-draft">
            {t(accepting(draft, left.length))}
          </Button>
        )}
        {draft.status !== "written" && draft.scenes.length > 0 && !facts.removed && draft.selection === null && (
          <Button
            size="sm"
            variant="light"
            loading={busy}
            data-testid="go-on"
            onClick={() => give({ command_type: "DRAFT_CHAPTER", chapter_id: facts.id, payload: { project_id: facts.project_id, instructions: "", target_words: null, writer: draft.writer === "muse" ? "muse" : null, go_on: true, anew: false, critique: false } })}
          >
            {t("drafting.go_on")}
          </Button>
        )}
        {draft.scenes.length > 0 && (
          <Button size="sm" variant="subtle" onClick={() => editorOnPage()?.focus()}>
            {t("drafting.to_text")}
          </Button>
        )}
        <Button size="sm" variant="subtle" color="gray" loading={busy} onClick={() => give({ command_type: "REFUSE_DRAFT", chapter_id: facts.id, payload: { draft_id: draft.id } })}>
          {t("drafting.refuse")}
        </Button>
      </div>
      {draft.scenes.map((scene) => (
        <SceneText key={scene.number} scene={scene} of={draft.of} wish={draft.selection?.wish} language={facts.language} accepted={scene.accepted}>
          {!(draft.selection && draft.scenes.length === 1) && (
            <Button size="xs" variant="light" disabled={busy} onClick={() => accept([scene.number])}>
              {t(draft.selection ? "rewrite.accept.one" : "drafting.accept.one", { n: scene.number })}
            </Button>
          )}
        </SceneText>
      ))}
    </>
  );
}

/** What is taken at once: all of it, or what is left. */
function accepting(draft: ChapterDraft, left: number): Key {
  if (draft.anew) return "drafting.accept.replace";
  if (left < draft.scenes.length) return draft.selection ? "rewrite.accept.rest" : "drafting.accept.rest";
  if (draft.selection) return left === 1 ? "rewrite.accept.only" : "rewrite.accept";
  return "drafting.accept";
}

function Cost({ draft }: { draft: ChapterDraft }) {
  const { t, locale } = useI18n();
  if (draft.cost_usd === null || draft.cost_usd === undefined) return t("drafting.cost.unknown");
  if (draft.cost_usd === 0) return t("drafting.cost.none");
  return t("drafting.cost", { cost: draft.cost_usd.toLocaleString(locale, { style: "currency", currency: "USD", maximumFractionDigits: 4 }) });
}
