// What the book is to sound like: a sample, rules, banned phrases, and two short texts for every chapter to come.
import { Button } from "@mantine/core";
import { useState } from "react";
import type { Project } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { TypedArea } from "@/shared/ui/Typed";
import classes from "./Project.module.css";
import type { Contents } from "./useContents";

const LONGEST_SAMPLE = 20_000;
const LONGEST_GUIDE = 4_000;
const LONGEST_LINE = 400;
const MOST_RULES = 50;
const MOST_BANNED = 200;

export function StylePanel({ project, contents }: { project: Project; contents: Contents }) {
  const { t } = useI18n();
  return (
    <details className={classes["plan"]} data-testid="style">
      <summary>{t("style.title")}</summary>
      <StyleForm key={JSON.stringify(project.style)} project={project} contents={contents} />
    </details>
  );
}

function StyleForm({ project, contents }: { project: Project; contents: Contents }) {
  const { t, locale } = useI18n();
  const { style, sample } = project;
  const [text, setText] = useState(style.sample ?? "");
  const [rules, setRules] = useState((style.rules ?? []).join("\n"));
  const [banned, setBanned] = useState((style.banned ?? []).join("\n"));
  const [becomes, setBecomes] = useState(style.becomes ?? "");
  const [returns, setReturns] = useState(style.returns ?? "");
  const given = { sample: text, rules: lines(rules), banned: lines(banned), becomes, returns };
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  const fits =
    text.length <= LONGEST_SAMPLE &&
    Math.max(becomes.length, returns.length) <= LONGEST_GUIDE &&
    given.rules.length <= MOST_RULES &&
    given.banned.length <= MOST_BANNED &&
    [...given.rules, ...given.banned].every((line) => line.length <= LONGEST_LINE);
  return (
    <form
      className={classes["planForm"]}
      data-testid="style-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (fits && !contents.busy) void contents.give({ command_type: "SET_STYLE", payload: { style: given } });
      }}
    >
      <p className={classes["draftCost"]}>{t("style.why")}</p>
      <TypedArea label={t("style.sample")} description={t("style.sample.hint")} minRows={3} maxRows={14} value={text} limit={LONGEST_SAMPLE} type={setText} />
      {style.sample && (
        <p className={classes["draftCost"]} data-testid="fingerprint">
          {sample
            ? t("style.measured", {
                sentence: number.format(sample.sentence_words),
                paragraph: number.format(sample.paragraph_words),
                dialogue: percent.format(sample.dialogue_share),
                vocabulary: percent.format(sample.vocabulary),
              })
            : t("style.measured.short")}
        </p>
      )}
      <TypedArea label={t("style.rules")} description={t("style.lines.hint")} minRows={2} value={rules} limit={MOST_RULES * LONGEST_LINE} type={setRules} />
      <TypedArea label={t("style.banned")} description={t("style.lines.hint")} minRows={2} value={banned} limit={MOST_BANNED * LONGEST_LINE} type={setBanned} />
      <TypedArea label={t("style.becomes")} minRows={2} value={becomes} limit={LONGEST_GUIDE} type={setBecomes} />
      <TypedArea label={t("style.returns")} minRows={2} value={returns} limit={LONGEST_GUIDE} type={setReturns} />
      <div className={classes["choices"]}>
        <Button type="submit" size="sm" disabled={!fits} loading={contents.busy}>
          {t("style.save")}
        </Button>
      </div>
    </form>
  );
}

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
