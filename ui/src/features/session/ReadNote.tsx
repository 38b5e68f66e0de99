// What the model will not be told, or that it cannot read it all: said before anything is sent.
import type { Estimate } from "@/shared/api/types";
import { useI18n, useMaybe } from "@/shared/i18n/i18n";
import classes from "./Composer.module.css";

export function ReadNote({ estimate }: { estimate: Estimate | null }) {
  const { t, locale } = useI18n();
  const maybe = useMaybe();
  if (!estimate?.context) return null;
  const number = (value: number) => value.toLocaleString(locale);
  const values = { tokens: number(estimate.tokens ?? 0), context: number(estimate.context) };
  if (estimate.fits === false) {
    return (
      <p className={classes["tooLong"]} role="status" data-testid="does-not-fit">
        {t("reads.tooLong", values)}
      </p>
    );
  }
  const left = estimate.left_out ?? [];
  const parts = estimate.parts ?? 1;
  const minutes = Math.ceil((estimate.seconds ?? 0) / 60);
  if (left.length === 0 && parts === 1) return null;
  return (
    <ul className={classes["leftOut"]} data-testid="left-out">
      {parts > 1 && <li data-testid="in-parts">{t(minutes === 1 ? "reads.parts.minute" : "reads.parts", { n: parts, minutes: number(minutes) })}</li>}
      {left.map((name) => (
        <li key={name}>{maybe(`reads.${name}`, name, values)}</li>
      ))}
    </ul>
  );
}
