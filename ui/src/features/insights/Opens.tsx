// A number that opens the cases it was counted from; and, where they are few, says so.
import { createContext, useContext, type ReactNode } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import type { CasesOf, Spread } from "./data";
import { isFew, share } from "./numbers";
import classes from "./Insights.module.css";

/** What the cases are called, and which they are. */
export interface Opened {
  title: string;
  cases: CasesOf;
}

export const OpenCases = createContext<(opened: Opened) => void>(() => undefined);

interface OpensProps {
  /** How many cases: none cannot be opened. */
  n: number;
  what: string;
  cases: CasesOf;
  children: ReactNode;
}

export function Opens({ n, what, cases, children }: OpensProps) {
  const { t } = useI18n();
  const open = useContext(OpenCases);
  if (n === 0) return <span className={classes["none"]}>{children}</span>;
  return (
    <>
      <button
        type="button"
        className={classes["number"]}
        title={t("insights.open", { what })}
        onClick={() => open({ title: what, cases })}
      >
        {children}
      </button>
      {isFew(n) && <span className={classes["few"]}>{t("insights.few", { n })}</span>}
    </>
  );
}

/** So many of so many, and which share that is if they are enough to speak of one. */
export function Share({ part, of, what, cases }: { part: number; of: number; what: string; cases: CasesOf }) {
  const { t, locale } = useI18n();
  const percent = share(part, of, locale);
  return (
    <Opens n={part} what={what} cases={cases}>
      {of === 0 ? "–" : t("insights.of", { part, of })}
      {percent && ` · ${percent}`}
    </Opens>
  );
}

/** A median, and of how many cases. */
export function Median({ of, what, cases, format }: { of: Spread; what: string; cases: CasesOf; format: (value: number) => string }) {
  const { t } = useI18n();
  if (of.median === null) return <span className={classes["none"]}>–</span>;
  return (
    <Opens n={of.n} what={what} cases={cases}>
      {format(of.median)}
      {!isFew(of.n) && <span className={classes["of"]}> {t("insights.n", { n: of.n })}</span>}
    </Opens>
  );
}
