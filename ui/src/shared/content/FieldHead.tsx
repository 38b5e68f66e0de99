// A field's label with its lock and its comment button. Whoever shows them gives the keyboard one stop for all of a text.
import { lockAbove, isLocked } from "./locks";
import { useFieldTools } from "./fieldTools";
import { OriginWord } from "./OriginText";
import { useI18n } from "@/shared/i18n/i18n";
import { GuardedIcon } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import classes from "./DocumentView.module.css";

interface FieldHeadProps {
  label: string;
  path: string;
  as?: "h3" | "h4" | "h5" | "div";
  /** Only the buttons: the words stand elsewhere. */
  bare?: boolean;
}

export function FieldHead({ label, path, as: Tag = "div", bare = false }: FieldHeadProps) {
  return (
    <Tag className={classes["head"]} data-heading={Tag !== "div" || undefined}>
      {!bare && <span>{label}</span>}
      <OriginWord path={path} />
      <FieldButtons label={label} path={path} />
    </Tag>
  );
}

export function FieldButtons({ label, path }: { label: string; path: string }) {
  const tools = useFieldTools();
  const { t } = useI18n();
  if (tools === null) return null;
  const locked = isLocked(tools.locked, path);
  const above = lockAbove(tools.locked, path) !== null;
  const lockLabel = t(above ? "lock.above" : locked ? "lock.unlock" : "lock.lock", { field: label });
  return (
    <span className={classes["tools"]} data-locked={locked || undefined}>
      <GuardedIcon
        size="sm"
        variant="subtle"
        color={locked ? "pine" : "gray"}
        label={lockLabel}
        pressed={locked}
        data-field-tool
        tabIndex={-1}
        why={above ? lockLabel : tools.whyNotLock}
        onClick={() => tools.toggleLock(path)}
      >
        <Icon name={locked ? "lock" : "unlock"} size={14} />
      </GuardedIcon>
      <GuardedIcon
        size="sm"
        variant="subtle"
        color="gray"
        label={t("comment.on", { field: label })}
        data-field-tool
        tabIndex={-1}
        why={tools.whyNotComment}
        onClick={() => tools.comment(path, label)}
      >
        <Icon name="comment" size={14} />
      </GuardedIcon>
    </span>
  );
}
