// What a writer was sent for one proposal, or in one generation: each request with its parts, parameters, tokens and what came of it.
import { Loader, Modal, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ask, client } from "@/shared/api/client";
import type { WorkRequest } from "@/shared/api/types";
import { useI18n, useMaybe } from "@/shared/i18n/i18n";
import { Coming } from "@/shared/ui/Coming";
import { Notice } from "@/shared/ui/Notice";
import { usePartName } from "./partName";
import classes from "./Sent.module.css";

/** What is recorded where a connection has a price of its own. */
const OWN_PRICE = "the price of this connection";

type Attempt = WorkRequest["attempts"][number];
type Part = Attempt["parts"][number];

/** A generation has an answer of its own where it has no proposals: a search, or one that failed. */
type SentProps = { sessionId: string } & ({ proposalId: string } | { generationId: string });

export function SentButton(of: SentProps) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  return (
    <>
      <UnstyledButton className={classes["open"]} data-screen-only data-testid="sent-button" onClick={() => setOpen(true)}>
        {t("sent.open")}
      </UnstyledButton>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        size="xl"
        title={t("sent.title")}
      >
        <Request {...of} />
      </Modal>
    </>
  );
}

function Request(of: SentProps) {
  const session_id = of.sessionId;
  const found = useQuery({
    queryKey: ["sent", session_id, "proposalId" in of ? of.proposalId : of.generationId],
    queryFn: () =>
      ask<WorkRequest>(
        "proposalId" in of
          ? client.GET("/api/v1/genesis/{session_id}/proposals/{proposal_id}/request", {
              params: { path: { session_id, proposal_id: of.proposalId } },
            })
          : client.GET("/api/v1/genesis/{session_id}/generations/{generation_id}/request", {
              params: { path: { session_id, generation_id: of.generationId } },
            }),
      ),
    staleTime: Infinity,
  });
  if (found.isError) return <Coming asked={{ data: null, failed: true, again: () => void found.refetch() }} />;
  return found.data ? <Sent request={found.data} /> : <Loader size="sm" />;
}

function Sent({ request }: { request: WorkRequest }) {
  const { t, locale } = useI18n();
  const maybe = useMaybe();
  const number = (value: number) => value.toLocaleString(locale);
  if (request.writer === "muse") return <Notice tone="calm">{t("sent.muse", { version: request.prompt_version })}</Notice>;
  const counted = request.input_tokens !== null && request.output_tokens !== null;
  const price = (dollars: number) =>
    dollars.toLocaleString(locale, { style: "currency", currency: "USD", maximumFractionDigits: 6 });
  const facts: [string, React.ReactNode][] = [
    [t("sent.model"), <bdi key="model">{request.model}</bdi>],
    [t("sent.prompt"), request.prompt_version],
    [
      t("sent.tokens"),
      counted
        ? t("sent.tokens.of", { input: number(request.input_tokens ?? 0), output: number(request.output_tokens ?? 0) })
        : t("sent.tokens.unknown"),
    ],
    [
      t("sent.price"),
      request.cost_usd === null
        ? t("sent.price.unknown")
        : `${price(request.cost_usd)}${request.price_source ? ` (${request.price_source === OWN_PRICE ? t("sent.price.own") : request.price_source})` : ""}`,
    ],
  ];
  return (
    <div data-testid="sent">
      <dl className={classes["facts"]}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {request.left_out.length > 0 && (
          <div>
            <dt>{t("sent.leftOut")}</dt>
            <dd>{request.left_out.map((name) => maybe(`sent.part.${name}`, name)).join(", ")}</dd>
          </div>
        )}
      </dl>
      {request.attempts.length === 0 && <Notice tone="calm">{t("sent.unknown")}</Notice>}
      <ol className={classes["attempts"]} aria-label={t("sent.requests")}>
        {request.attempts.map((attempt) => (
          <li key={attempt.number} className={classes["attempt"]}>
            <OneAttempt attempt={attempt} request={request} />
          </li>
        ))}
      </ol>
    </div>
  );
}

const ROLES = ["system", "user", "schema"] as const;

function OneAttempt({ attempt, request }: { attempt: Attempt; request: WorkRequest }) {
  const { t, locale } = useI18n();
  const maybe = useMaybe();
  const { cause, input_tokens: input, output_tokens: output } = attempt;
  const outcome = cause === null ? t("sent.taken") : maybe(`cause.${cause}`, t("cause.other", { code: cause }));
  const number = (value: number) => value.toLocaleString(locale);
  return (
    <>
      <h3>
        {t("sent.attempt", { n: attempt.number })}
        {t("app.colon")}
        {outcome}
      </h3>
      <p className={classes["quiet"]}>
        {input !== null && output !== null ? t("sent.tokens.of", { input: number(input), output: number(output) }) : t("sent.tokens.unknown")}
      </p>
      <p className={classes["quiet"]}>
        {t("sent.parameters")}
        {t("app.colon")}
        {Object.entries(attempt.parameters)
          .map(([name, value]) => `${name} ${String(value)}`)
          .join(" · ")}
      </p>
      {ROLES.map((role) => {
        const parts = attempt.parts.filter((part) => part.role === role);
        if (parts.length === 0) return null;
        return (
          <section key={role} aria-label={t(`sent.role.${role}`)}>
            <h4>{t(`sent.role.${role}`)}</h4>
            {parts.map((part) => (
              <OnePart key={`${part.name} ${part.hash}`} part={part} text={request.texts[part.hash]} before={earlier(request, attempt, part)} />
            ))}
          </section>
        );
      })}
    </>
  );
}

/** The request that sent this very part before, if one did. */
function earlier(request: WorkRequest, attempt: Attempt, part: Part): number | null {
  const found = request.attempts.find(
    ({ number, parts }) => number < attempt.number && parts.some(({ name, hash }) => name === part.name && hash === part.hash),
  );
  return found ? found.number : null;
}

function OnePart({ part, text, before }: { part: Part; text: string | undefined; before: number | null }) {
  const { t, locale } = useI18n();
  const words = usePartName()(part.name);
  if (text === undefined) {
    return (
      <p className={classes["quiet"]}>
        {words}
        {t("app.colon")}
        {t("sent.gone", { hash: part.hash.slice(0, 12) })}
      </p>
    );
  }
  return (
    <details className={classes["part"]}>
      <summary>
        {words}{" "}
        <span className={classes["quiet"]}>
          {t("proposal.characters", { n: [...text].length.toLocaleString(locale) })}
          {before !== null && ` · ${t("sent.same", { n: before })}`}
        </span>
      </summary>
      <pre dir="auto">
        {text}
      </pre>
    </details>
  );
}
