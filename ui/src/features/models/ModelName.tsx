// Which model: written by hand, or found in the list of its server, which may be thousands long.
import { Autocomplete, Button } from "@mantine/core";
import { useState } from "react";
import { asProblem } from "@/shared/api/problem";
import type { AvailableModels, ModelItem, ModelPreset } from "@/shared/api/types";
import { useI18n, useProblemText, useTestText } from "@/shared/i18n/i18n";
import { availableModels } from "@/shared/models/models";
import type { Fields } from "./fields";
import classes from "./Models.module.css";

const SHOWN = 100;
/** Of a list that is searched as one types, more would only be scrolled past. */

interface Props {
  fields: Fields;
  preset: ModelPreset | undefined;
  item: ModelItem | undefined;
  set: (model: string) => void;
  error: string | undefined;
}

export function ModelName({ fields, preset, item, set, error }: Props) {
  const { t, locale } = useI18n();
  const say = useProblemText();
  const sayTest = useTestText();
  const [listed, setListed] = useState<{ of: string; found: AvailableModels } | null>(null);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const server = `${fields.preset} ${fields.address.trim()}`;
  const found = listed?.of === server ? listed.found : null;
  const here = fields.address.trim() === "" ? (preset?.models ?? []) : [];
  const models = found?.items ?? here;
  const list = async () => {
    setBusy(true);
    setSaid("");
    try {
      const answer = await availableModels({
        preset: fields.preset,
        base_url: fields.address.trim() || null,
        api_key: fields.key.trim() || null,
        model_id: item?.id ?? null,
      });
      setListed({ of: server, found: answer });
      if (answer.code !== "OK") setSaid(sayTest(answer.code, answer.message));
    } catch (problem) {
      setSaid(say(asProblem(problem)));
    } finally {
      setBusy(false);
    }
  };
  const number = (n: number) => new Intl.NumberFormat(locale).format(n);
  const count =
    models.length === 0
      ? ""
      : found && found.more > 0
        ? t("models.model.listedMore", { n: number(models.length), all: number(models.length + found.more) })
        : models.length === 1
          ? t("models.model.listedOne")
          : t("models.model.listed", { n: number(models.length) });
  return (
    <div className={classes["model"]}>
      <Autocomplete
        dir="ltr"
        label={t("models.model")}
        placeholder={t("models.model.hint")}
        data={[...new Set(models)]}
        limit={SHOWN}
        maxDropdownHeight={280}
        value={fields.model}
        onChange={set}
        required
        maxLength={200}
        error={error}
        data-testid="model-name"
      />
      <Button variant="default" loading={busy} onClick={() => void list()} data-testid="list-models">
        {t("models.model.list")}
      </Button>
      <span role="status" className={classes["quiet"]} data-testid="models-listed">
        {said || count}
      </span>
    </div>
  );
}
