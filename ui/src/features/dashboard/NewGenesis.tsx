// Two doors into a new genesis: inspiration from a spark, or an idea of the writer's own.
import { Radio, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { useNavigate } from "react-router";
import type { Mode } from "@/shared/api/types";
import { useCommands } from "@/shared/api/useCommands";
import { useI18n } from "@/shared/i18n/i18n";
import { NEW_GENESIS, useStored } from "@/shared/lib/useStored";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import classes from "./NewGenesis.module.css";

type Door = "inspire" | "refine";

export function NewGenesis() {
  const { t, language } = useI18n();
  const navigate = useNavigate();
  const commands = useCommands();
  const [storedDoor, setDoor] = useStored(`${NEW_GENESIS}door`);
  const door: Door = storedDoor === "refine" ? "refine" : "inspire";
  const [seed, setSeed] = useStored(`${NEW_GENESIS}seed`);
  const [genre, setGenre] = useStored(`${NEW_GENESIS}genre`);
  const [audience, setAudience] = useStored(`${NEW_GENESIS}audience`);
  // until the writer chooses, the language of the text follows that of the page
  const [chosen, setChosen] = useStored(`${NEW_GENESIS}language`);
  const writeIn = chosen || language;
  const [storedMode, setMode] = useStored(`${NEW_GENESIS}mode`);
  const mode: Mode = storedMode === "free_form" ? "free_form" : "guided";
  const why = door === "refine" && seed.trim() === "" ? t("dash.seed.refine.needed") : null;

  const start = async () => {
    if (why !== null) return;
    const answer = await commands.run("start", {
      command_type: "START_GENESIS",
      payload: { mode, seed: seed.trim(), genre: genre.trim(), audience: audience.trim(), language: writeIn },
    });
    if (answer === null) return;
    const session_id = answer.session_id;
    for (const set of [setSeed, setGenre, setAudience, setChosen, setMode]) set("");
    // without a spark nothing is asked for by itself, but whoever wants inspiration waits for it
    const wanted = mode === "guided" && answer.correlation_id === null;
    const asked = wanted && (await commands.run("inspire", { command_type: "GENERATE_INSPIRATION", session_id, payload: {} }));
    void navigate(`/sessions/${session_id}`, { state: { version: (asked || answer).version } });
  };

  return (
    <form
      className={classes["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <SegmentedControl
        fullWidth
        aria-label={t("dash.doors")}
        value={door}
        onChange={setDoor}
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
      <Textarea
        data-testid="seed-input"
        className={classes["seed"]}
        label={t(`dash.seed.${door}`)}
        description={door === "inspire" ? t("dash.seed.optional") : undefined}
        inputWrapperOrder={["label", "input", "description"]}
        placeholder={t(`dash.seed.${door}.hint`)}
        value={seed}
        onChange={(event) => setSeed(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void start();
        }}
        autosize
        minRows={door === "inspire" ? 1 : 4}
        maxRows={12}
        maxLength={2000}
      />
      <div className={classes["row"]}>
        <TextInput
          label={t("dash.genre")}
          placeholder={t("dash.genre.hint")}
          value={genre}
          maxLength={200}
          onChange={(event) => setGenre(event.currentTarget.value)}
        />
        <TextInput
          label={t("dash.audience")}
          placeholder={t("dash.audience.hint")}
          value={audience}
          maxLength={200}
          onChange={(event) => setAudience(event.currentTarget.value)}
        />
        <Select
          label={t("dash.language")}
          allowDeselect={false}
          value={writeIn}
          onChange={(value) => setChosen(value ?? "en")}
          data={[
            { value: "en", label: "English" },
            { value: "zh", label: "中文" },
          ]}
        />
      </div>
      <Radio.Group label={t("dash.mode")} value={mode} onChange={(value) => setMode(value)}>
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
