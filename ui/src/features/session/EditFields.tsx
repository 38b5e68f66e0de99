// The form's fields, one for each kind of the shape. Never JSON.
//
// A long outline has more than a thousand of them: a field is drawn again only when its own value changes, and those of a
// folded item once it is opened.
import { Button, Fieldset, Input, MultiSelect, NumberInput, Select } from "@mantine/core";
import { memo, useContext, useState } from "react";
import type { Change } from "@/shared/content/changed";
import { LONGEST } from "@/shared/content/faults";
import { NamesContext } from "@/shared/content/fieldTools";
import type { Field, ItemsField, RefField } from "@/shared/content/shapes";
import { asItems, asLines, asObject, asText } from "@/shared/content/values";
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
  /** Changes the value at a path of the whole. It has to stay the same function. */
  change: (path: string, change: Change) => void;
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
          change={change}
        />
      ))}
    </div>
  );
}

interface OneProps<F extends Field = Field> {
  field: F;
  path: string;
  value: unknown;
  change: FieldsProps["change"];
}

const EditField = memo(function EditField({ field, path, value, change }: OneProps) {
  const { t, language } = useI18n();
  const label = fieldLabel(field.key, language);
  const common = useCommon(field, path);
  const to = (next: unknown) => change(path, () => next);
  switch (field.kind) {
    case "line":
      return <TypedLine {...common} value={asText(value)} limit={LONGEST.line} type={to} />;
    case "text":
      return (
        <TypedArea
          {...common}
          className={classes["prose"] ?? ""}
          value={asText(value)}
          limit={LONGEST.text}
          minRows={1}
          maxRows={16}
          type={to}
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
          type={(text) => to(text === "" ? [] : text.split("\n"))}
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
          onChange={(next) => to(typeof next === "number" ? next : undefined)}
        />
      );
    case "choice":
      return (
        <Select
          {...common}
          value={asText(value) || null}
          data={field.options.map((option) => ({ value: option, label: wordLabel(option, language) }))}
          onChange={to}
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
});

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
  const to = (next: unknown) => change(path, () => next);
  if (field.kind === "refs") return <MultiSelect {...common} data={data} value={chosen} onChange={to} />;
  return <Select {...common} data={data} value={chosen[0] ?? null} placeholder={t("edit.none")} clearable onChange={to} />;
}

/** So many items stand open, as there is no list to look through. */
const OPEN_AT_MOST = 3;

function EditItems({ field, path, value, change }: OneProps<ItemsField>) {
  const { t, language } = useI18n();
  const items = Array.isArray(value) ? (value as unknown[]) : [];
  const fault = useContext(FaultsContext).get(path);
  const label = fieldLabel(field.key, language);
  return (
    <Fieldset legend={label} className={classes["items"]} data-path={path}>
      {fault && <Input.Error>{fault}</Input.Error>}
      {items.map((item, index) => (
        <EditItem
          key={index}
          field={field}
          path={path}
          index={index}
          item={item}
          open={items.length <= OPEN_AT_MOST}
          change={change}
        />
      ))}
      <div>
        <Button
          size="xs"
          variant="light"
          leftSection={<Icon name="plus" size={14} />}
          onClick={() => change(path, (before) => [...asItems(before), {}])}
        >
          {t("edit.add", { name: label })}
        </Button>
      </div>
    </Fieldset>
  );
}

interface ItemProps {
  field: ItemsField;
  /** Of the list. */
  path: string;
  index: number;
  item: unknown;
  open: boolean;
  change: FieldsProps["change"];
}

const EditItem = memo(function EditItem({ field, path, index, item, open, change }: ItemProps) {
  const { t, language } = useI18n();
  const [opened, setOpened] = useState(false);
  const title = asText(asObject(item)[field.title]) || `${fieldLabel(field.key, language)} ${index + 1}`;
  const up = (before: unknown) => {
    const next = asItems(before);
    next.splice(index - 1, 0, ...next.splice(index, 1));
    return next;
  };
  return (
    <div className={classes["itemRow"]}>
      <details
        className={classes["item"]}
        data-path={`${path}.${index}`}
        open={open || undefined}
        onToggle={(event) => event.currentTarget.open && setOpened(true)}
      >
        <summary>
          <span dir="auto">{title}</span>
        </summary>
        {(open || opened) && <EditFields fields={field.fields} content={item} change={change} above={`${path}.${index}.`} />}
      </details>
      {/* beside what is folded and not in it: a button in a summary is out of reach of screen readers */}
      <span className={classes["itemTools"]}>
        {index > 0 && (
          <GuardedIcon size="sm" variant="subtle" color="gray" why={null} label={t("edit.up")} onClick={() => change(path, up)}>
            <Icon name="up" size={14} />
          </GuardedIcon>
        )}
        <GuardedIcon
          size="sm"
          variant="subtle"
          color="red"
          why={null}
          label={t("edit.remove")}
          onClick={() => change(path, (before) => asItems(before).filter((_, place) => place !== index))}
        >
          <Icon name="trash" size={14} />
        </GuardedIcon>
      </span>
    </div>
  );
});
