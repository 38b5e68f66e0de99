// What a shop would miss in a book, each with its mend.
import type { Preflight } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { publishEn } from "@/shared/i18n/en.publish";
import classes from "./Publish.module.css";

type Fault = Preflight["faults"][number];

export function FaultList({ faults }: { faults: readonly Fault[] }) {
  const { t } = useI18n();
  // a fault that this page does not know yet is told as the server tells it
  const said = (fault: Fault, part: "fault" | "mend", instead: string) => {
    const key = `${part}.${fault.code}` as keyof typeof publishEn;
    return key in publishEn ? t(key, { ...fault.values, shop: "" }) : instead;
  };
  return (
    <ul className={classes["faults"]} data-testid="faults">
      {faults.map((fault) => (
        <li key={fault.code + fault.message} data-severity={fault.severity} data-code={fault.code}>
          <strong>{t(`publish.${fault.severity}`)}</strong> {said(fault, "fault", fault.message)}
          {fault.places.length > 0 && (
            <span className={classes["quiet"]} dir="auto">
              {" "}
              {t("publish.in", { places: fault.places.map((place) => place || t("download.missing.title")).join("; ") })}
            </span>
          )}
          <p className={classes["quiet"]}>{said(fault, "mend", fault.mend)}</p>
        </li>
      ))}
    </ul>
  );
}
