// What a writer was asked, and what it took: the words it answers, prompt and its parts, parameters, tokens, price.
import type { ProvenanceStep } from "@/shared/api/types";
import { useI18n, useMaybe } from "@/shared/i18n/i18n";
import { usePartName } from "@/shared/sent/partName";
import classes from "./Provenance.module.css";

type Generation = NonNullable<ProvenanceStep["generation"]>;
type Row = [name: string, value: React.ReactNode];

export function GenerationFactsView({ facts }: { facts: Generation }) {
  const { t, locale } = useI18n();
  const maybe = useMaybe();
  const partName = usePartName();
  const { request } = facts;
  const attempts = facts.attempts ?? [];
  const last = attempts.at(-1);
  const tokens = (name: string) => (typeof facts.usage[name] === "number" ? facts.usage[name].toLocaleString(locale) : null);
  const [input, output] = [tokens("input_tokens"), tokens("output_tokens")];
  const price = (dollars: number) =>
    dollars.toLocaleString(locale, { style: "currency", currency: "USD", maximumFractionDigits: 6 });
  const rows: Row[] = [
    [t("sent.model"), <bdi key="model">{facts.writer === facts.model ? facts.model : `${facts.model} (${facts.writer})`}</bdi>],
    [t("sent.prompt"), facts.prompt_version],
    [t("sent.tokens"), input && output ? t("sent.tokens.of", { input, output }) : t("sent.tokens.unknown")],
    [t("sent.price"), facts.cost_usd === null ? t("sent.price.unknown") : price(facts.cost_usd)],
    ...(last ? ([[t("origin.parts"), Object.keys(last.parts).map(partName).join(", ")]] as Row[]) : []),
    ...(last ? ([[t("sent.parameters"), parameters(last.parameters)]] as Row[]) : []),
    ...attempts
      .filter(({ cause }) => cause !== null)
      .map(({ number, cause }): Row => [t("sent.attempt", { n: number }), maybe(`cause.${cause}`, t("cause.other", { code: cause ?? "" }))]),
  ];
  return (
    <>
      {request?.feedback && (
        <div className={classes["answers"]}>
          {t("origin.answers")}
          <blockquote dir="auto" className={classes["said"]}>
            {request.feedback}
          </blockquote>
        </div>
      )}
      {request?.instructions && (
        <div className={classes["answers"]}>
          {t("origin.instructions")}
          <blockquote dir="auto" className={classes["said"]}>
            {request.instructions}
          </blockquote>
        </div>
      )}
      <details className={classes["facts"]}>
        <summary>{t("origin.facts")}</summary>
        <dl>
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}

function parameters(of: Record<string, unknown>): string {
  return Object.entries(of)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${String(value)}`)
    .join(" · ");
}
