// "New book from a keyword": a subject and what the author knows of the book; the rest is proposed. Folded until wanted.
import { Button, NativeSelect, Select } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { newCommandId } from "@/shared/api/client";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { InitiationRequest } from "@/shared/api/types";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { languageChoices } from "@/shared/lib/languages";
import { LIMITS } from "@/shared/lib/limit";
import { languageByScript } from "@/shared/lib/scripts";
import { initiate } from "@/shared/projects/concepts";
import { Icon } from "@/shared/ui/Icon";
import { Notice } from "@/shared/ui/Notice";
import { TypedLine, useTooMuch } from "@/shared/ui/Typed";
import classes from "./NewFromKeyword.module.css";

type Intent = NonNullable<InitiationRequest["intent"]>;
type Level = NonNullable<InitiationRequest["audience_level"]>;

const LANGUAGES = languageChoices();
const INTENTS: readonly Intent[] = ["fiction", "non_fiction"];
const LEVELS: readonly Level[] = ["general", "children", "young_adult", "beginner", "expert"];

export function NewFromKeyword() {
  const { t, language } = useI18n();
  const say = useProblemText();
  const navigate = useNavigate();
  const tooMuch = useTooMuch();
  const [keyword, setKeyword] = useState("");
  const [genre, setGenre] = useState("");
  const [audience, setAudience] = useState("");
  const [intent, setIntent] = useState<Intent>("fiction");
  const [level, setLevel] = useState<Level>("general");
  const [chosen, setChosen] = useState("");
  const [writer, setWriter] = useState<"" | "muse">("");
  const [id, setId] = useState(newCommandId);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const writeIn = chosen || languageByScript(keyword) || language;
  const can = keyword.trim() !== "" && [keyword, genre, audience].every((text) => tooMuch(text, LIMITS.short) === null);

  const begin = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const said = { keyword, genre, audience, intent, audience_level: level, language: writeIn, writer: writer || null };
      const answer = await initiate({ ...said, command_id: id });
      void navigate(`/projects/${answer.project_id}`);
    } catch (error) {
      setProblem(asProblem(error));
      setId(newCommandId()); // what was refused may be said otherwise, or once more
    } finally {
      setBusy(false);
    }
  };

  return (
    <details className={classes["box"]} data-testid="from-keyword">
      <summary>{t("ideas.new")}</summary>
      <form
        className={classes["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (can && !busy) void begin();
        }}
      >
        <p className={classes["how"]}>{t("ideas.new.how")}</p>
        <TypedLine label={t("ideas.keyword")} placeholder={t("ideas.keyword.hint")} value={keyword} limit={LIMITS.short} type={setKeyword} />
        <div className={classes["row"]}>
          <NativeSelect
            label={t("ideas.intent")}
            value={intent}
            onChange={(event) => setIntent(event.currentTarget.value as Intent)}
            data={INTENTS.map((value) => ({ value, label: t(`ideas.intent.${value}`) }))}
          />
          <NativeSelect
            label={t("ideas.level")}
            value={level}
            onChange={(event) => setLevel(event.currentTarget.value as Level)}
            data={LEVELS.map((value) => ({ value, label: t(`ideas.level.${value}`) }))}
          />
          <TypedLine label={t("dash.genre")} placeholder={t("dash.genre.hint")} value={genre} limit={LIMITS.short} type={setGenre} />
          <TypedLine label={t("dash.audience")} placeholder={t("dash.audience.hint")} value={audience} limit={LIMITS.short} type={setAudience} />
          <Select label={t("dash.language")} allowDeselect={false} value={writeIn} onChange={(value) => setChosen(value ?? "")} data={LANGUAGES} />
          <NativeSelect
            label={t("ideas.writer")}
            value={writer}
            onChange={(event) => setWriter(event.currentTarget.value as "" | "muse")}
            data={[
              { value: "", label: t("drafting.writer.usual") },
              { value: "muse", label: t("drafting.writer.muse") },
            ]}
          />
        </div>
        {problem && (
          <Notice tone="danger" alert>
            {say(problem)}
          </Notice>
        )}
        <div>
          <Button type="submit" leftSection={<Icon name="spark" size={16} />} disabled={!can} loading={busy}>
            {t("ideas.begin")}
          </Button>
        </div>
      </form>
    </details>
  );
}
