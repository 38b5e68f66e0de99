// Who writes, what it cost, and the session's own facts.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { memo, useState } from "react";
import { ask, client } from "@/shared/api/client";
import { creditsText } from "@/shared/credits/amount";
import { useCredits, useEstimate } from "@/shared/credits/credits";
import { useI18n, useNoteText } from "@/shared/i18n/i18n";
import { notesIn, type NoteCode } from "@/shared/i18n/notes";
import { STAGES, type TimelineEntry } from "@/shared/api/types";
import { nameOf } from "@/shared/lib/languages";
import { moment } from "@/shared/lib/time";
import { LengthText } from "@/shared/ui/LengthText";
import { useSettled } from "./contents";
import { useSession } from "./context";
import type { Live } from "./live";
import { WriterChoice } from "./WriterChoice";
import classes from "./Panes.module.css";

export const AiPane = memo(function AiPane() {
  const { t, language, locale } = useI18n();
  const say = useNoteText();
  const { state, moment: past, foreign, stage, live } = useSession();
  const credits = useCredits().data?.enabled === true;
  const settled = useSettled(state, STAGES);
  const done = live.timeline.filter((entry) => entry.event_type === "ProposalsRecorded");
  const last = done.at(-1);
  const estimate = useEstimate({ sessionId: state.session_id, version: state.version, stage }, past === null);
  const spent: [string, React.ReactNode][] = estimate?.enabled
    ? [
        [t("credits.session"), creditsText(estimate.charged, locale)],
        ...(estimate.charged_last === null
          ? []
          : [[t("credits.last"), creditsText(estimate.charged_last, locale)] as [string, React.ReactNode]]),
      ]
    : [];
  const facts: [string, React.ReactNode][] = last
    ? [
        [t("ai.writer"), said(last, "writer")],
        [t("ai.model"), said(last, "model")],
        [t("ai.prompt"), said(last, "prompt_version")],
        [t("ai.rounds"), done.length],
        ...spent,
        [t("ai.cost"), costOf(done, language, t("ai.cost.unknown"), (cost) => t("ai.cost.partly", { cost }))],
      ]
    : [];
  return (
    <div className={classes["ai"]}>
      {foreign === null && <WriterChoice id={state.session_id} />}
      {isMuse(live) && <p className={classes["muse"]}>{t("ai.muse")}</p>}
      {last && notesOf(last).map(([note, code]) => (
        <p key={note} className={classes["quiet"]} dir="auto" data-testid="round-note">
          {say(note, code)}
        </p>
      ))}
      {past !== null && credits && <p className={classes["quiet"]}>{t(foreign === null ? "past.credits" : "foreign.credits")}</p>}
      {last ? <Facts facts={facts} /> : <p className={classes["quiet"]}>{t("ai.none")}</p>}
      <h3>{t("ai.session")}</h3>
      {state.seed && (
        <blockquote className={classes["spark"]}>
          <span className={classes["quiet"]}>{t("studio.spark")}</span>
          <Spark id={state.session_id} start={state.seed} more={state.more_seed ?? 0} />
        </blockquote>
      )}
      <Facts
        facts={[
          [t("ai.mode"), t(`dash.mode.${state.mode}`)],
          ...(state.genre ? [[t("dash.genre"), <bdi key="genre">{state.genre}</bdi>] as [string, React.ReactNode]] : []),
          ...(state.audience ? [[t("dash.audience"), <bdi key="audience">{state.audience}</bdi>] as [string, React.ReactNode]] : []),
          [t("ai.language"), nameOf(state.language, language)],
          [t("ai.words"), settled ? <LengthText key="length" content={settled} /> : "…"],
          [t("ai.expires"), moment(state.expires_at, locale)],
        ]}
      />
    </div>
  );
});

const SHOWN = 400;

/** The spark, which may be a whole synopsis: how it begins, and all of it when it is asked for. `more`: not in `start`. */
function Spark({ id, start, more }: { id: string; start: string; more: number }) {
  const { t } = useI18n();
  const [open, setOpen] = useState(start.length <= SHOWN && more === 0);
  const whole = useQuery({
    queryKey: ["spark", id],
    queryFn: async () =>
      (await ask<{ seed: string }>(client.GET("/api/v1/genesis/{session_id}/state", { params: { path: { session_id: id } } }))).seed,
    enabled: open && more > 0,
    staleTime: Infinity,
  });
  const text = more > 0 ? whole.data : start;
  return (
    <>
      <p dir="auto">{open && text !== undefined ? text : `${[...start.slice(0, SHOWN)].slice(0, -1).join("")}…`}</p>
      {(!open || text === undefined) && (
        <Button
          size="compact-xs"
          variant="subtle"
          loading={open && whole.isFetching}
          onClick={() => (open ? void whole.refetch() : setOpen(true))}
        >
          {t(whole.isError ? "app.retry" : "studio.spark.all")}
        </Button>
      )}
    </>
  );
}

/** Whether the newest round was written by templates and not by a model. */
export function isMuse(live: Live): boolean {
  const last = live.timeline.findLast((entry) => entry.event_type === "ProposalsRecorded");
  return [last?.data["model"], last?.data["writer"]].some((name) => typeof name === "string" && name.startsWith("muse"));
}

function Facts({ facts }: { facts: [string, React.ReactNode][] }) {
  return (
    <dl className={classes["facts"]}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function said(entry: TimelineEntry, key: string): string {
  const value = entry.data[key];
  return typeof value === "string" && value ? value : "—";
}

/** What is to be known about a round: that another model wrote it, and why, or that fewer came. */
function notesOf(entry: TimelineEntry): [note: string, code: NoteCode | undefined][] {
  const { notes, note_codes } = entry.data;
  const said = Array.isArray(notes) ? notes.filter((note) => typeof note === "string") : [];
  const codes = notesIn(note_codes);
  return said.map((note, place) => [note, codes[place]]);
}

/** What all rounds cost together. Unknown is not nothing. */
function costOf(done: TimelineEntry[], language: string, unknown: string, partly: (cost: string) => string): string {
  const costs = done.map((entry) => entry.data["cost_usd"]).filter((cost) => typeof cost === "number");
  if (costs.length === 0) return unknown;
  const sum = costs.reduce((total, cost) => total + cost, 0);
  const shown = new Intl.NumberFormat(language, { style: "currency", currency: "USD", maximumFractionDigits: 4 }).format(sum);
  return costs.length < done.length ? partly(shown) : shown;
}
