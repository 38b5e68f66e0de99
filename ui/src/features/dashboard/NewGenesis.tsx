// Two doors into a new genesis: inspiration from a spark, or an idea of the writer's own.
import { Radio, SegmentedControl, Select } from "@mantine/core";
import { useNavigate } from "react-router";
import type { Mode } from "@/shared/api/types";
import { useCommands } from "@/shared/api/useCommands";
import { useI18n } from "@/shared/i18n/i18n";
import { sendsOn } from "@/shared/lib/keys";
import { languageChoices } from "@/shared/lib/languages";
import { LIMITS } from "@/shared/lib/limit";
import { languageByScript } from "@/shared/lib/scripts";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import { OfferedWords } from "@/shared/ui/OfferedWords";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { TypedArea, TypedLine, useTooMuch } from "@/shared/ui/Typed";
import { spoken, useSpark } from "./spark";
import classes from "./NewGenesis.module.css";

const LANGUAGES = languageChoices();

export function NewGenesis() {
  const { t, language } = useI18n();
  const navigate = useNavigate();
  const commands = useCommands();
  const tooMuch = useTooMuch();
  const { draft, fields, set } = useSpark();
  const { door, genre, audience, mode } = fields;
  const seed = draft.text;
  // until the writer chooses, the language of the text is that of the spark where its script tells it, else that of the page
  const writeIn = fields.language || languageByScript(seed) || language;
  const why =
    tooMuch(seed, LIMITS.spark) ??
    tooMuch(genre, LIMITS.short) ??
    tooMuch(audience, LIMITS.short) ??
    (door === "refine" && seed.trim() === "" ? t("dash.seed.refine.needed") : null);

  const start = async () => {
    if (why !== null) return;
    const sending = draft.sending();
    const answer = await commands.run("start", {
      command_type: "START_GENESIS",
      payload: { mode, seed: seed.trim(), genre: genre.trim(), audience: audience.trim(), language: writeIn },
    });
    if (answer === null) return sending.refused();
    const session_id = answer.session_id;
    sending.arrived();
    // without a spark nothing is asked for by itself, but whoever wants inspiration waits for it
    const wanted = mode === "guided" && answer.correlation_id === null;
    const asked = wanted && (await commands.run("inspire", { command_type: "GENERATE_INSPIRATION", session_id, payload: {} }));
    void navigate(`/sessions/${session_id}`, { state: { version: (asked || answer).version } });
  };
  const sends = sendsOn(() => void start());

  return (
    <form className={classes["form"]} onSubmit={(event) => event.preventDefault()}>
      <SegmentedControl
        fullWidth
        aria-label={t("dash.doors")}
        value={door}
        onChange={(value) => set({ door: value })}
        data={(["inspire", "refine"] as const).map((value) => ({
          value,
          label: (
            <span className={classes["door"]}>
              <Icon name={value === "inspire" ? "spark" : "edit"} size={16} /> {t(`dash.door.${value}`)}
            </span>
          ),
        }))}
      />
      <p className={classes["about"]}>{t(`dash.door.${door}.text`)}</p>
      <OfferedWords draft={draft.offer ? { ...draft, offer: { ...draft.offer, text: spoken(draft.offer) } } : draft} />
      <TypedArea
        data-testid="seed-input"
        className={classes["seed"] ?? ""}
        label={t(`dash.seed.${door}`)}
        description={door === "inspire" ? t("dash.seed.optional") : undefined}
        placeholder={t(`dash.seed.${door}.hint`)}
        value={seed}
        limit={LIMITS.spark}
        type={draft.write}
        onKeyDown={sends}
        minRows={door === "inspire" ? 1 : 4}
        maxRows={12}
      />
      <div className={classes["row"]}>
        <TypedLine
          label={t("dash.genre")}
          placeholder={t("dash.genre.hint")}
          value={genre}
          limit={LIMITS.short}
          type={(text) => set({ genre: text })}
          onKeyDown={sends}
        />
        <TypedLine
          label={t("dash.audience")}
          placeholder={t("dash.audience.hint")}
          value={audience}
          limit={LIMITS.short}
          type={(text) => set({ audience: text })}
          onKeyDown={sends}
        />
        <Select
          data-testid="language-input"
          label={t("dash.language")}
          allowDeselect={false}
          value={writeIn}
          onChange={(value) => set({ language: value ?? "" })}
          data={LANGUAGES}
        />
      </div>
      <Radio.Group label={t("dash.mode")} value={mode} onChange={(value) => set({ mode: value })}>
        <div className={classes["modes"]}>
          <ModeCard mode="guided" testId="mode-guided" />
          <ModeCard mode="free_form" testId="mode-free" />
        </div>
      </Radio.Group>
      <ProblemNote commands={commands} of="start" />
      <div>
        <GuardedButton
          data-testid="start-button"
          size="md"
          why={why}
          loading={commands.anyBusy}
          onClick={() => void start()}
          rightSection={<Icon name="right" size={16} />}
        >
          {t("dash.start")}
        </GuardedButton>
      </div>
    </form>
  );
}

function ModeCard({ mode, testId }: { mode: Mode; testId: string }) {
  const { t } = useI18n();
  return (
    <Radio.Card value={mode} data-testid={testId} className={classes["mode"]}>
      <Radio.Indicator aria-hidden />
      <span>
        <strong>{t(`dash.mode.${mode}`)}</strong>
        <span>{t(`dash.mode.${mode}.text`)}</span>
      </span>
    </Radio.Card>
  );
}
