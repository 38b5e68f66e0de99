// A number that opens the cases it was counted from; a share or a median of few of them says that they are few.
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
  /** Whether to say that they are few: beside a share or a median, not beside a count. */
  few?: boolean;
  children: ReactNode;
}

export function Opens({ n, what, cases, few = false, children }: OpensProps) {
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
      {few && isFew(n) && <span className={classes["few"]}> {t("insights.few")}</span>}
    </>
  );
}

/** So many of so many, and which share that is if they are enough to speak of one. */
export function Share({ part, of, what, cases }: { part: number; of: number; what: string; cases: CasesOf }) {
  const { t, locale } = useI18n();
  const percent = share(part, of, locale);
  return (
    <>
      <Opens n={part} what={what} cases={cases}>
        {of === 0 ? "–" : t("insights.of", { part, of })}
        {percent && ` · ${percent}`}
      </Opens>
      {isFew(of) && <span className={classes["few"]}> {t("insights.few")}</span>}
    </>
  );
}

/** A median, and of how many cases. */
export function Median({ of, what, cases, format }: { of: Spread; what: string; cases: CasesOf; format: (value: number) => string }) {
  const { t } = useI18n();
  if (of.median === null) return <span className={classes["none"]}>–</span>;
  return (
    <Opens n={of.n} what={what} cases={cases} few>
      {format(of.median)} <span className={classes["of"]}>{t("insights.n", { n: of.n })}</span>
    </Opens>
  );
}
