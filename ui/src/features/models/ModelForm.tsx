// A new model, or a change of one: where it is, its key, its name there, and what is known about it.
import { Anchor, Button, Checkbox, Group, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import { useRef, useState, type FormEvent } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { ModelItem, ModelPreset } from "@/shared/api/types";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { useModelChanges } from "@/shared/models/models";
import { Notice } from "@/shared/ui/Notice";
import { Details } from "./Details";
import { faultsOf, fieldsOf, newFields, toChange, toSend, type Fields } from "./fields";
import { ModelName } from "./ModelName";
import classes from "./Models.module.css";

interface Props {
  item?: ModelItem;
  /** A server that runs here. */
  from?: ModelPreset;
  presets: readonly ModelPreset[];
  addresses: boolean;
  kept: (item: ModelItem) => void;
  close: () => void;
}

export function ModelForm({ item, from, presets, addresses, kept, close }: Props) {
  const { t } = useI18n();
  const say = useProblemText();
  const { add, change } = useModelChanges();
  const [fields, setFields] = useState<Fields>(() => (item ? fieldsOf(item) : newFields(from)));
  const form = useRef<HTMLFormElement>(null);
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const set = (some: Partial<Fields>) => {
    setProblem(null);
    setFields((now) => ({ ...now, ...some }));
  };
  const preset = presets.find(({ name }) => name === fields.preset);
  const faults = faultsOf(fields, preset, item);
  const refused = new Set(problem?.fields.map(({ field }) => field));
  const wrong = (where: keyof typeof faults) => (shown && faults[where] ? t(faults[where]) : undefined);

  const send = async (event: FormEvent) => {
    event.preventDefault();
    setShown(true);
    if (Object.keys(faults).length > 0) return showFault(form.current);
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      kept(await (item ? change(item.id, toChange(fields, item)) : add(toSend(fields))));
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  const choose = (name: string | null) => {
    const next = presets.find((one) => one.name === name);
    if (!next) return;
    const label = fields.named ? {} : { name: next.label };
    set({ preset: next.name, address: "", model: next.models[0] ?? "", ...label });
  };

  const place = addresses ? (
    <TextInput
      type="url"
      dir="ltr"
      label={t("models.address")}
      description={t(preset?.own ? "models.address.own" : "models.address.cloud")}
      placeholder={preset?.base_url ?? ""}
      value={fields.address}
      maxLength={500}
      required={preset?.own === true && preset.base_url === null}
      onChange={(event) => set({ address: event.currentTarget.value })}
      error={wrong("base_url")}
    />
  ) : null;

  return (
    <form ref={form} className={classes["form"]} onSubmit={(event) => void send(event)} data-testid="model-form" noValidate>
      <Stack gap="sm">
        <Select
          label={t("models.preset")}
          data={grouped(presets, t("models.preset.cloud"), t("models.preset.local"), (name) => t("models.preset.running", { name }))}
          value={fields.preset}
          onChange={choose}
          allowDeselect={false}
          maxDropdownHeight={360}
          data-autofocus
        />
        {preset?.own && place}
        <PasswordInput
          label={t("models.key")}
          description={<KeyHelp item={item} preset={preset} />}
          value={fields.key}
          maxLength={1_000}
          autoComplete="off"
          data-1p-ignore
          visibilityToggleButtonProps={{ "aria-label": t("auth.password.show") }}
          onChange={(event) => set({ key: event.currentTarget.value })}
          error={wrong("api_key")}
          inputWrapperOrder={["label", "description", "input", "error"]}
        />
        <ModelName fields={fields} preset={preset} item={item} set={(model) => set({ model })} error={wrong("model")} />
        <TextInput
          label={t("models.name")}
          dir="auto"
          value={fields.name}
          maxLength={60}
          onChange={(event) => set({ name: event.currentTarget.value, named: true })}
          error={refused.has("name") ? t("models.taken") : undefined}
        />
        <Details fields={fields} set={set} priceError={wrong("price")}>
          {!preset?.own && place}
        </Details>
        {!item?.is_default && (
          <Checkbox label={t("models.asDefault")} checked={fields.first} onChange={(event) => set({ first: event.currentTarget.checked })} />
        )}
        {problem && !refused.has("name") && (
          <Notice tone="danger" alert>
            {refused.has("base_url") || refused.has("preset") ? <RefusedPlace problem={problem} addresses={addresses} /> : say(problem)}
          </Notice>
        )}
        <Group gap="xs">
          <Button type="submit" loading={busy} data-testid="save-model">
            {t("models.save")}
          </Button>
          <Button variant="subtle" color="gray" onClick={close}>
            {t("app.cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Leads to the first field that is wrong, once it is marked. */
function showFault(form: HTMLFormElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
}

function KeyHelp({ item, preset }: { item: ModelItem | undefined; preset: ModelPreset | undefined }) {
  const { t } = useI18n();
  if (item?.has_key && item.preset === preset?.name) {
    return <>{t("models.key.stays", { end: item.key_end ? `…${item.key_end}` : "••••" })}</>;
  }
  return (
    <>
      {t(preset?.needs_key ? "models.key.what" : "models.key.optional")}{" "}
      {preset?.keys_at && (
        <Anchor href={preset.keys_at} target="_blank" rel="noreferrer" size="xs" underline="always">
          {t("models.preset.keys", { name: preset.label })}
        </Anchor>
      )}
    </>
  );
}

function RefusedPlace({ problem, addresses }: { problem: Problem; addresses: boolean }) {
  const { t } = useI18n();
  const say = useProblemText();
  return <>{addresses ? say(problem) : t("models.address.notYours")}</>;
}

function grouped(presets: readonly ModelPreset[], cloud: string, local: string, runs: (name: string) => string) {
  const items = (own: boolean) =>
    presets
      .filter((preset) => preset.own === own)
      .map((preset) => ({ value: preset.name, label: preset.running ? runs(preset.label) : preset.label }));
  return [
    { group: cloud, items: items(false) },
    ...(presets.some((preset) => preset.own) ? [{ group: local, items: items(true) }] : []),
  ];
}
