// The form's fields, one for each kind of the shape. Never JSON.
import { Button, Fieldset, Input, MultiSelect, NumberInput, Select } from "@mantine/core";
import { useContext } from "react";
import { LONGEST } from "@/shared/content/faults";
import { NamesContext } from "@/shared/content/fieldTools";
import type { Field, ItemsField, RefField } from "@/shared/content/shapes";
import { asItems, asLines, asObject, asText } from "@/shared/content/values";
import type { Content } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { fieldLabel, wordLabel } from "@/shared/i18n/labels";
import { GuardedIcon } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import { TypedArea, TypedLine } from "@/shared/ui/Typed";
import { FaultsContext } from "./faults";
import classes from "./EditForm.module.css";

interface FieldsProps {
  fields: readonly Field[];
  content: unknown;
  change: (content: Content) => void;
  /** Where `content` lies in the whole, as "characters.0." */
  above?: string;
}

export function EditFields({ fields, content, change, above = "" }: FieldsProps) {
  const values = asObject(content);
  return (
    <div className={classes["fields"]}>
      {fields.map((field) => (
        <EditField
          key={field.key}
          field={field}
          path={above + field.key}
          value={values[field.key]}
          change={(value) => change({ ...values, [field.key]: value })}
        />
      ))}
    </div>
  );
}

interface OneProps<F extends Field = Field> {
  field: F;
  path: string;
  value: unknown;
  change: (value: unknown) => void;
}

function EditField({ field, path, value, change }: OneProps) {
  const { t, language } = useI18n();
  const label = fieldLabel(field.key, language);
  const common = useCommon(field, path);
  switch (field.kind) {
    case "line":
      return <TypedLine {...common} value={asText(value)} limit={LONGEST.line} type={change} />;
    case "text":
      return (
        <TypedArea
          {...common}
          className={classes["prose"] ?? ""}
          value={asText(value)}
          limit={LONGEST.text}
          minRows={1}
          maxRows={16}
          type={change}
        />
      );
    case "lines":
      return (
        <TypedArea
          {...common}
          description={t("edit.lines")}
          value={(Array.isArray(value) ? value.map(asText) : []).join("\n")}
          limit={Infinity}
          minRows={1}
          maxRows={12}
          type={(text) => change(text === "" ? [] : text.split("\n"))}
        />
      );
    case "number":
      return (
        <NumberInput
          {...common}
          value={typeof value === "number" ? value : ""}
          min={field.min}
          max={field.max}
          thousandSeparator=" "
          onChange={(next) => change(typeof next === "number" ? next : undefined)}
        />
      );
    case "choice":
      return (
        <Select
          {...common}
          value={asText(value) || null}
          data={field.options.map((option) => ({ value: option, label: wordLabel(option, language) }))}
          onChange={change}
        />
      );
    case "ref":
    case "refs":
      return <EditRef field={field} path={path} value={value} change={change} />;
    case "group":
      return (
        <Fieldset legend={label} className={classes["group"]}>
          <EditFields fields={field.fields} content={value} change={change} above={`${path}.`} />
        </Fieldset>
      );
    case "items":
      return <EditItems field={field} path={path} value={value} change={change} />;
  }
}

/** What every input has: its label, whether it is needed, what is wrong with it, and the path by which it is found. */
function useCommon(field: Field, path: string) {
  const { language } = useI18n();
  const fault = useContext(FaultsContext).get(path);
  const needed = field.required ?? false;
  return {
    label: fieldLabel(field.key, language),
    "aria-required": needed,
    withAsterisk: needed,
    error: fault,
    "data-path": path,
  };
}

function EditRef({ field, path, value, change }: OneProps<RefField>) {
  const { t } = useI18n();
  const common = useCommon(field, path);
  const names = useContext(NamesContext);
  const chosen = field.kind === "refs" ? asLines(value) : [asText(value)].filter(Boolean);
  const known = new Map([...names, ...chosen.filter((id) => !names.has(id)).map((id) => [id, id] as const)]);
  const data = [...known].map(([id, name]) => ({ value: id, label: name }));
  if (field.kind === "refs") return <MultiSelect {...common} data={data} value={chosen} onChange={change} />;
  return <Select {...common} data={data} value={chosen[0] ?? null} placeholder={t("edit.none")} clearable onChange={change} />;
}

function EditItems({ field, path, value, change }: OneProps<ItemsField>) {
  const { t, language } = useI18n();
  const items = asItems(value);
  const fault = useContext(FaultsContext).get(path);
  const label = fieldLabel(field.key, language);
  const replaced = (index: number, item: Content) => items.map((old, place) => (place === index ? item : old));
  const moved = (index: number) => {
    const next = [...items];
    next.splice(index - 1, 0, ...next.splice(index, 1));
    return next;
  };
  return (
    <Fieldset legend={label} className={classes["items"]} data-path={path}>
      {fault && <Input.Error>{fault}</Input.Error>}
      {items.map((item, index) => (
        <details key={index} className={classes["item"]} open={items.length < 4 || undefined}>
          <summary>
            <span dir="auto">{asText(item[field.title]) || `${label} ${index + 1}`}</span>
            <span className={classes["itemTools"]}>
              {index > 0 && (
                <GuardedIcon size="sm" variant="subtle" color="gray" why={null} label={t("edit.up")} onClick={() => change(moved(index))}>
                  <Icon name="up" size={14} />
                </GuardedIcon>
              )}
              <GuardedIcon
                size="sm"
                variant="subtle"
                color="red"
                why={null}
                label={t("edit.remove")}
                onClick={() => change(items.filter((_, place) => place !== index))}
              >
                <Icon name="trash" size={14} />
              </GuardedIcon>
            </span>
          </summary>
          <EditFields
            fields={field.fields}
            content={item}
            change={(next) => change(replaced(index, next))}
            above={`${path}.${index}.`}
          />
        </details>
      ))}
      <div>
        <Button size="xs" variant="light" leftSection={<Icon name="plus" size={14} />} onClick={() => change([...items, {}])}>
          {t("edit.add", { name: label })}
        </Button>
      </div>
    </Fieldset>
  );
}
