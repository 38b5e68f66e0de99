// Lists of things: people and places as cards, beats on a scale, chapters in order, small things as rows.
import { useContext } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { fieldLabel, wordLabel } from "@/shared/i18n/labels";
import { FieldsView } from "./DocumentView";
import { FieldButtons } from "./FieldHead";
import { NamesContext } from "./fieldTools";
import { OriginText } from "./OriginText";
import { itemSegment, pointer } from "./pointer";
import type { ItemsField } from "./shapes";
import { asItems, asText } from "./values";
import classes from "./DocumentView.module.css";

interface ItemsProps {
  field: ItemsField;
  value: unknown;
  path: string;
  depth: number;
}

export function ItemsView({ field, value, path, depth }: ItemsProps) {
  const items = asItems(value);
  const look = field.look ?? "rows";
  const Tag = look === "numbered" || look === "scale" ? "ol" : "ul";
  return (
    <Tag className={classes["items"]} data-look={look}>
      {items.map((item, index) => (
        <Item
          key={`${itemSegment(field, item, index)}-${index}`}
          field={field}
          item={item}
          index={index}
          path={path + pointer(itemSegment(field, item, index))}
          depth={depth}
        />
      ))}
    </Tag>
  );
}

interface ItemProps {
  field: ItemsField;
  item: Record<string, unknown>;
  index: number;
  path: string;
  depth: number;
}

function Item({ field, item, index, path, depth }: ItemProps) {
  const { language } = useI18n();
  const names = useContext(NamesContext);
  const said = asText(item[field.title]);
  const title = names.get(said) ?? said;
  const badge = field.badge ? asText(item[field.badge]) : "";
  const mark = field.look === "numbered" ? asText(item["n"]) || String(index + 1) : scaleMark(field, item);
  const body = field.body ? asText(item[field.body]) : "";
  const skip = [field.title, ...(field.body ? [field.body] : []), ...(field.badge ? [field.badge] : []), ...(field.look === "scale" ? ["target_pct"] : [])];
  const sentence = field.fields.find((inner) => inner.key === field.title)?.kind === "text";
  return (
    <li className={classes["item"]} data-item={path}>
      {mark && <span className={classes["mark"]}>{mark}</span>}
      <div className={classes["itemBody"]}>
        <div className={classes["itemHead"]} data-sentence={sentence || undefined}>
          <span className={classes["itemTitle"]} dir="auto">
            {title ? <OriginText path={path + pointer(field.title)} text={title} /> : "…"}
          </span>
          {badge && <span className={classes["badge"]}>{wordLabel(badge, language)}</span>}
          <FieldButtons label={title || fieldLabel(field.key, language)} path={path} />
        </div>
        {body && (
          <p className={classes["body"]} dir="auto">
            <OriginText path={path + pointer(field.body ?? "")} text={body} />
          </p>
        )}
        <FieldsView fields={field.fields} content={item} path={path} depth={depth + 2} skip={skip} lead={field.lead} />
      </div>
    </li>
  );
}

function scaleMark(field: ItemsField, item: Record<string, unknown>): string {
  if (field.look !== "scale" || item["target_pct"] === undefined) return "";
  return `${Math.round(Number(item["target_pct"]) || 0)}%`;
}
