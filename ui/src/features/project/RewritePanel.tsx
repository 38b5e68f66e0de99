// "Write paragraphs otherwise": which of them, and how. What is proposed stands with the draft, above the text.
import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { Chapter, Wish } from "@/shared/api/types";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { readChapter, sendChapterCommand } from "@/shared/projects/projects";
import { Notice } from "@/shared/ui/Notice";
import { TypedArea } from "@/shared/ui/Typed";
import classes from "./Project.module.css";
import { isStyleOnly, setStyleOnly } from "./styleOnly";

const WISHES: readonly Wish[] = ["shorter", "longer", "show", "voice", "again", "continue"];
const LONGEST_NOTE = 4_000;
const MOST = 40;
const SAID = 90;

interface RewritePanelProps {
  facts: Chapter;
  /** Whether all that was typed is stored. */
  saved: boolean;
  changed: (found: Chapter) => void;
}

export function RewritePanel({ facts, saved, changed }: RewritePanelProps) {
  const { t } = useI18n();
  const say = useProblemText();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [wish, setWish] = useState<Wish>("shorter");
  const [person, setPerson] = useState("");
  const [instructions, setInstructions] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const paragraphs = facts.blocks.filter(({ text }) => text.trim() !== "");
  if (facts.removed || paragraphs.length === 0) return null;
  const here = paragraphs.filter(({ id, locked }) => chosen.includes(id) && (wish === "continue" || !locked));
  const draft = facts.draft;
  const waits = draft !== null && draft !== undefined && draft.selection === null && draft.scenes.some(({ accepted }) => !accepted);
  const why = !saved ? t("rewrite.unsaved") : waits ? t("rewrite.waits") : draft?.status === "writing" ? t("stale.busy") : null;
  const unsaid = wish === "again" && instructions.trim() === "";
  const missing = why ?? (here.length === 0 ? t("rewrite.none") : here.length > MOST ? t("rewrite.many", { n: MOST }) : unsaid ? t("rewrite.unsaid") : null);
  const can = missing === null;
  const ask = async () => {
    setBusy(true);
    try {
      const blocks = here.map(({ id, version }) => ({ block_id: id, based_on: version }));
      const payload = { project_id: facts.project_id, wish, blocks, person: wish === "voice" ? person : "", instructions, writer: null };
      const answer = await sendChapterCommand({ command_type: "REWRITE_SELECTION", chapter_id: facts.id, payload });
      changed(await readChapter(facts.project_id, facts.id, answer.version));
      setProblem(null);
      setChosen([]);
    } catch (error) {
      setProblem(asProblem(error));
      await readChapter(facts.project_id, facts.id).then(changed, () => undefined);
    } finally {
      setBusy(false);
    }
  };
  return (
    <details className={classes["draftForm"]} data-testid="rewrite">
      <summary>{t("rewrite.title")}</summary>
      <form
        className={classes["planForm"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (can && !busy) void ask();
        }}
      >
        <p className={classes["draftCost"]}>{t("rewrite.about")}</p>
        <NativeSelect label={t("rewrite.how")} value={wish} onChange={({ currentTarget }) => setWish(currentTarget.value as Wish)} data={WISHES.map((one) => ({ value: one, label: t(`rewrite.wish.${one}`) }))} />
        {wish === "voice" && <TextInput label={t("rewrite.person")} value={person} maxLength={400} onChange={({ currentTarget }) => setPerson(currentTarget.value)} />}
        <Checkbox.Group label={t("rewrite.which")} value={[...chosen]} onChange={setChosen}>
          <div className={classes["passages"]}>
            {paragraphs.map(({ id, text, locked }) => (
              <Checkbox
                key={id}
                my={6}
                value={id}
                disabled={locked && wish !== "continue"}
                label={
                  <bdi lang={facts.language}>
                    {text.length > SAID ? `${text.slice(0, SAID)}…` : text}
                    {locked && ` (${t("rewrite.locked")})`}
                  </bdi>
                }
              />
            ))}
          </div>
        </Checkbox.Group>
        <TypedArea label={t(wish === "again" ? "rewrite.say" : "drafting.instructions")} minRows={2} value={instructions} limit={LONGEST_NOTE} type={setInstructions} />
        {missing && <p className={classes["draftCost"]}>{missing}</p>}
        {problem && (
          <Notice tone="danger" alert>
            {say(problem)}
          </Notice>
        )}
        <div className={classes["choices"]}>
          <Button type="submit" size="sm" disabled={!can} loading={busy} data-testid="rewrite-ask">
            {t("rewrite.ask")}
          </Button>
        </div>
      </form>
    </details>
  );
}

/** Says that edits change no meaning; only while all is saved, so that no word is marked that was typed before. */
export function StyleOnly({ chapterId, saved }: { chapterId: string; saved: boolean }) {
  const { t } = useI18n();
  const [on, setOn] = useState(() => isStyleOnly(chapterId));
  return (
    <Checkbox
      size="sm"
      checked={on}
      disabled={!saved}
      label={t("style_only.label")}
      description={t("style_only.about")}
      onChange={({ currentTarget }) => {
        setStyleOnly(chapterId, currentTarget.checked);
        setOn(currentTarget.checked);
      }}
    />
  );
}
