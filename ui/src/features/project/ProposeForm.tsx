// What is asked of whoever proposes chapters: which of them, what matters, who. Folded away until it is wanted.
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import type { Project } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { Icon } from "@/shared/ui/Icon";
import { TypedArea } from "@/shared/ui/Typed";
import classes from "./Project.module.css";
import type { Contents } from "./useContents";
import { WordsInput } from "./WordsInput";

const LONGEST_NOTE = 4_000;
const MOST_AT_ONCE = 200;
const MOST_CHAPTERS = 1_000;
const USUAL = 10;
/** Chapters that a model is asked for at once, as infrastructure/writers/contents_batches.py has it. */
const BATCH = 5;

export function ProposeForm({ project, contents, again }: { project: Project; contents: Contents; again: boolean }) {
  const { t, locale } = useI18n();
  const number = new Intl.NumberFormat(locale);
  const next = project.contents.filter(({ kind }) => kind === "chapter").length + 1;
  const [typedFrom, setFrom] = useState<number | null>(null);
  const [typedTo, setTo] = useState<number | null>(null);
  const [instructions, setInstructions] = useState("");
  const [writer, setWriter] = useState<"" | "muse">("");
  const from = typedFrom ?? next;
  const to = typedTo ?? from + USUAL - 1;
  const count = to - from + 1;
  const can = from >= 1 && from <= next && count >= 1 && count <= MOST_AT_ONCE && instructions.length <= LONGEST_NOTE;
  const ask = async () => {
    const payload = { from_chapter: from, to_chapter: to, instructions, writer: writer || null, go_on: false };
    if (await contents.give({ command_type: "WRITE_CONTENTS", payload })) {
      setFrom(null);
      setTo(null);
    }
  };
  return (
    <details className={classes["draftForm"]} data-testid="propose">
      <summary>{t(again ? "proposing.again" : "proposing.title")}</summary>
      <form
        className={classes["planForm"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (can && !contents.busy) void ask();
        }}
      >
        <p className={classes["draftCost"]}>{t(again ? "proposing.again.why" : "proposing.how")}</p>
        <div className={classes["pair"]}>
          <WordsInput label={t("proposing.from")} least={1} most={MOST_CHAPTERS} step={1} value={from} change={setFrom} />
          <WordsInput label={t("proposing.to")} least={1} most={MOST_CHAPTERS} step={1} value={to} change={setTo} />
        </div>
        {!can && (
          <p className={classes["draftCost"]} role="status">
            {t("proposing.range", { n: number.format(MOST_AT_ONCE), first: number.format(next) })}
          </p>
        )}
        <TypedArea label={t("proposing.wish")} minRows={2} value={instructions} limit={LONGEST_NOTE} type={setInstructions} />
        <NativeSelect
          label={t("drafting.writer")}
          value={writer}
          onChange={(event) => setWriter(event.currentTarget.value as "" | "muse")}
          data={[
            { value: "", label: t("drafting.writer.usual") },
            { value: "muse", label: t("drafting.writer.muse") },
          ]}
        />
        <p className={classes["draftCost"]}>{t("proposing.price", { n: number.format(Math.max(1, Math.ceil(count / BATCH))) })}</p>
        <div className={classes["choices"]}>
          <Button type="submit" size="sm" leftSection={<Icon name="spark" size={16} />} disabled={!can} loading={contents.busy} data-testid="ask-contents">
            {t("proposing.ask")}
          </Button>
        </div>
      </form>
    </details>
  );
}
