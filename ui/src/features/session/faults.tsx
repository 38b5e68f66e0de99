// Faults of the form that is being filled in: which field has one, in words, and the way there.
import { UnstyledButton } from "@mantine/core";
import { createContext } from "react";
import type { Fault } from "@/shared/content/faults";
import { pathName } from "@/shared/content/pathName";
import type { Field } from "@/shared/content/shapes";
import { useI18n, type Translate } from "@/shared/i18n/i18n";
import classes from "./EditForm.module.css";

/** By path; none: nothing is wrong there. */
export const FaultsContext = createContext<ReadonlyMap<string, string>>(new Map());

// pydantic's own sentences, which the server passes on
const SAID: [RegExp, "edit.fault.needed" | "edit.fault.long" | "edit.fault.many" | "edit.fault.most" | "edit.fault.least"][] = [
  [/^Field required|should have at least 1 /, "edit.fault.needed"],
  [/^String should have at most (\d+)/, "edit.fault.long"],
  [/^(?:Tuple|List) should have at most (\d+)/, "edit.fault.many"],
  [/less than or equal to (\d+)/, "edit.fault.most"],
  [/greater than or equal to (\d+)/, "edit.fault.least"],
];

export function faultText(fault: Fault, t: Translate): string {
  if (fault.tooLong) {
    const { over, limit, line } = fault.tooLong;
    return line === undefined ? t("typed.over", { over, limit }) : t("typed.over.line", { line, over, limit });
  }
  if (fault.said === undefined) return t("edit.fault.needed");
  for (const [pattern, key] of SAID) {
    const found = pattern.exec(fault.said);
    if (found) return t(key, { n: found[1] ?? 1 });
  }
  return fault.said;
}

interface FaultListProps {
  faults: readonly Fault[];
  fields: readonly Field[];
  content: unknown;
  go: (path: string) => void;
}

const MOST_NAMED = 6;

/** What keeps a text from being saved, each with a way to its field. */
export function FaultList({ faults, fields, content, go }: FaultListProps) {
  const { t, language } = useI18n();
  if (faults.length === 0) return null;
  return (
    <div className={classes["faults"]} role="alert">
      <strong>{t("edit.faults")}</strong>
      <ul>
        {faults.slice(0, MOST_NAMED).map((fault) => (
          <li key={fault.path}>
            <UnstyledButton className={classes["fault"]} onClick={() => go(fault.path)}>
              {pathName(fields, content, fault.path, language)}
            </UnstyledButton>
            <span>: {faultText(fault, t)}</span>
          </li>
        ))}
        {faults.length > MOST_NAMED && <li>{t("edit.faults.more", { n: faults.length - MOST_NAMED })}</li>}
      </ul>
    </div>
  );
}

/** So often it is looked whether the fields of an item that was just opened have come, once for each drawing. */
const LOOKS = 20;

/** Opens whatever is folded around the field, and puts the cursor there. */
export function focusField(form: HTMLElement | null, path: string, looks = LOOKS): void {
  const parts = path.split(".");
  for (let length = parts.length; length > 0; length -= 1) {
    const found = form?.querySelector<HTMLElement>(`[data-path="${CSS.escape(parts.slice(0, length).join("."))}"]`);
    if (!found) continue;
    for (let at: HTMLElement | null = found; at && at !== form; at = at.parentElement) {
      if (at instanceof HTMLDetailsElement) at.open = true;
    }
    // the fields of a folded item are made when it is opened
    if (length < parts.length && found instanceof HTMLDetailsElement && looks > 0) {
      requestAnimationFrame(() => focusField(form, path, looks - 1));
      return;
    }
    const place = "summary, input, textarea, button";
    const input = found.matches(place) ? found : found.querySelector<HTMLElement>(place);
    found.scrollIntoView({ block: "center" });
    (input ?? found).focus({ preventScroll: true });
    return;
  }
}
