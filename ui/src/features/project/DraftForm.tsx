// What is asked of whoever writes a chapter: what matters, how long, who. Folded away until it is wanted.
import { Button, Checkbox, NativeSelect } from "@mantine/core";
import { useState } from "react";
import type { Chapter } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { useModels } from "@/shared/models/models";
import { Icon } from "@/shared/ui/Icon";
import { TypedArea } from "@/shared/ui/Typed";
import type { Giving } from "./DraftPanel";
import { DraftPrice } from "./DraftPrice";
import classes from "./Project.module.css";
import { WordsInput } from "./WordsInput";

const LONGEST_NOTE = 4_000;
const LEAST_WORDS = 100;
const MOST_WORDS = 20_000;
const USUAL_WORDS = 1_500;

export function DraftForm({ facts, giving }: { facts: Chapter; giving: Giving }) {
  const { t } = useI18n();
  const planned = Math.min(Math.max(facts.plan.target_words || USUAL_WORDS, LEAST_WORDS), MOST_WORDS);
  const [instructions, setInstructions] = useState("");
  const [typed, setTyped] = useState<number | null>(null);
  const [open, setOpen] = useState(false);
  const [wished, setCritique] = useState(false);
  const [writer, setWriter] = useState<"" | "muse">("");
  const { data: models } = useModels();
  const muse = writer === "muse" || (models !== undefined && !models.environment && models.items.length === 0);
  const critique = wished && !muse;
  const words = typed ?? planned;
  const can = instructions.length <= LONGEST_NOTE && words >= LEAST_WORDS;
  const again = Boolean(facts.draft);
  return (
    <details className={classes["draftForm"]} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t(again && !facts.draft?.selection ? "drafting.again" : "drafting.title")}</summary>
      <form
        className={classes["planForm"]}
        data-testid="draft-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!can || giving.busy) return;
          const payload = { project_id: facts.project_id, instructions, target_words: words, writer: writer || null, go_on: false, anew: false, critique };
          giving.give({ command_type: "DRAFT_CHAPTER", chapter_id: facts.id, payload });
        }}
      >
        <p className={classes["draftCost"]}>{t(again ? "drafting.again.why" : "drafting.how")}</p>
        <TypedArea label={t("drafting.instructions")} minRows={2} value={instructions} limit={LONGEST_NOTE} type={setInstructions} />
        <div className={classes["pair"]}>
          <WordsInput label={t("drafting.words")} least={LEAST_WORDS} most={MOST_WORDS} value={words} change={setTyped} />
          <NativeSelect
            label={t("drafting.writer")}
            value={writer}
            onChange={(event) => setWriter(event.currentTarget.value as "" | "muse")}
            data={[
              { value: "", label: t("drafting.writer.usual") },
              { value: "muse", label: t("drafting.writer.muse") },
            ]}
          />
        </div>
        <Checkbox size="sm" label={t("drafting.critique")} description={t(muse ? "drafting.critique.muse" : "drafting.critique.about")} checked={critique} disabled={muse} onChange={({ currentTarget }) => setCritique(currentTarget.checked)} />
        {open && <DraftPrice facts={facts} words={can ? words : null} writer={writer || null} critique={critique} />}
        <p className={classes["draftCost"]}>{t("drafting.price")}</p>
        <div className={classes["choices"]}>
          <Button type="submit" size="sm" leftSection={<Icon name="spark" size={16} />} disabled={!can} loading={giving.busy}>
            {t("drafting.ask")}
          </Button>
        </div>
      </form>
    </details>
  );
}
