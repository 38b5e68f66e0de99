// What is known about a model beside its place: what it costs, how much it reads, and how much it is asked for.
import { NumberInput, Select } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import type { Fields } from "./fields";
import classes from "./Models.module.css";

interface Props {
  fields: Fields;
  set: (some: Partial<Fields>) => void;
  priceError: string | undefined;
  /** What belongs to the rare things, too. */
  children?: ReactNode;
}

const PROFILES = ["auto", "lean", "full"] as const;

export function Details({ fields, set, priceError, children }: Props) {
  const { t } = useI18n();
  const number = (value: number | string): number | "" => (typeof value === "number" ? value : "");
  const known = Boolean(children && fields.address) || fields.input !== "" || fields.context !== "" || fields.profile !== "auto";
  const [open, setOpen] = useState(known);
  return (
    <details className={classes["details"]} open={open || priceError !== undefined} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t(children ? "models.details" : "models.details.own")}</summary>
      {children}
      <div className={classes["pair"]}>
        <NumberInput
          label={t("models.price.input")}
          placeholder={t("models.price.hint")}
          value={fields.input}
          min={0}
          max={100_000}
          hideControls
          onChange={(value) => set({ input: number(value) })}
          error={priceError}
        />
        <NumberInput
          label={t("models.price.output")}
          placeholder={t("models.price.hint")}
          value={fields.output}
          min={0}
          max={100_000}
          hideControls
          onChange={(value) => set({ output: number(value) })}
        />
        <NumberInput
          label={t("models.context")}
          description={t("models.context.what")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          placeholder={t("models.price.hint")}
          value={fields.context}
          min={512}
          max={100_000_000}
          allowDecimal={false}
          hideControls
          onChange={(value) => set({ context: number(value) })}
        />
        <Select
          label={t("models.profile")}
          allowDeselect={false}
          value={fields.profile}
          data={PROFILES.map((value) => ({ value, label: t(`models.profile.${value}`) }))}
          onChange={(value) => set({ profile: PROFILES.find((profile) => profile === value) ?? "auto" })}
        />
      </div>
    </details>
  );
}
