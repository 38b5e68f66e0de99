// What differs between two states, of one session or of two: by stage, by field and item, by word.
import { Loader, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ask, client } from "@/shared/api/client";
import type { SessionDifferences, SessionState } from "@/shared/api/types";
import { useI18n, useMaybe } from "@/shared/i18n/i18n";
import { Coming } from "@/shared/ui/Coming";
import { useSession } from "../context";
import { Diff } from "../Diff";
import { confirmedRows, feedbackRows, proposalRows, sessionRows, settingRows, type Row, type Sides, type Words } from "./differences";
import classes from "./Differences.module.css";
import diffs from "../WhatChanged.module.css";

/** One side: a session, at a version or as it is now. */
export interface Side {
  id: string;
  version: number | null;
  name: string;
}

interface DifferencesProps {
  opened: boolean;
  before: Side;
  after: Side;
  close: () => void;
}

const MOST = 300;

export function Differences({ opened, before, after, close }: DifferencesProps) {
  const { t } = useI18n();
  return (
    <Modal opened={opened} onClose={close} size="xl" title={t("diff.title")}>
      <div className={classes["differences"]} data-testid="differences">
        <p className={classes["sides"]}>
          <bdi>{before.name}</bdi> → <bdi>{after.name}</bdi>
        </p>
        <Compared before={before} after={after} />
      </div>
    </Modal>
  );
}

function Compared({ before, after }: Pick<DifferencesProps, "before" | "after">) {
  const { t } = useI18n();
  const found = useQuery({
    queryKey: ["differences", before.id, before.version, after.id, after.version],
    queryFn: async () => {
      const [differences, one, other] = await Promise.all([readDifferences(before, after), readSide(before), readSide(after)]);
      return { differences, sides: { before: one, after: other } };
    },
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  if (found.isError) return <Coming asked={{ data: null, failed: true, again: () => void found.refetch() }} />;
  if (!found.data) {
    return (
      <p role="status">
        <Loader size="xs" /> {t("diff.coming")}
      </p>
    );
  }
  return <Found differences={found.data.differences} sides={found.data.sides} />;
}

function Found({ differences, sides }: { differences: SessionDifferences; sides: Sides }) {
  const { t, language } = useI18n();
  const maybe = useMaybe();
  const { stageName } = useSession();
  const parts = useMemo(() => {
    const words: Words = { language, say: maybe, version: (n) => t("proposal.version", { n }) };
    return [
      { name: t("diff.session"), groups: [{ name: "", rows: sessionRows(differences.session, words) }] },
      ...differences.stages.map((stage) => ({
        name: stageName(stage.stage),
        groups: [
          { name: t("diff.confirmed"), rows: confirmedRows(stage, sides, words) },
          { name: t("diff.settings"), rows: settingRows(stage, sides, words) },
          { name: t("diff.proposals"), rows: proposalRows(stage, words) },
          { name: t("diff.feedback"), rows: feedbackRows(stage, words) },
        ],
      })),
    ].filter(({ groups }) => groups.some(({ rows }) => rows.length > 0));
  }, [differences, sides, language, maybe, stageName, t]);
  if (differences.equal || parts.length === 0) return <p>{t("diff.none")}</p>;
  let left = MOST;
  const total = parts.flatMap(({ groups }) => groups.flatMap(({ rows }) => rows)).length;
  return (
    <>
      {parts.map((part) => (
        <section key={part.name} aria-label={part.name}>
          <h3>{part.name}</h3>
          {part.groups.map(({ name, rows }) => {
            const shown = rows.slice(0, Math.max(0, left));
            left -= shown.length;
            return shown.length > 0 && <Group key={name} name={name} rows={shown} />;
          })}
        </section>
      ))}
      {total > MOST && <p>{t("diff.more", { n: total - MOST })}</p>}
    </>
  );
}

function Group({ name, rows }: { name: string; rows: readonly Row[] }) {
  const { t } = useI18n();
  return (
    <>
      {name && <h4>{name}</h4>}
      <dl className={diffs["diffs"]}>
        {rows.map((row, index) =>
          row.moved ? (
            <div key={index}>
              <dt dir="auto">{row.where[0]?.name}</dt>
              <dd>{t("diff.moved", row.moved)}</dd>
            </div>
          ) : (
            <Diff key={index} change={row} words={["diff.before", "diff.after"]} />
          ),
        )}
      </dl>
    </>
  );
}

async function readDifferences(before: Side, after: Side): Promise<SessionDifferences> {
  const query = {
    ...(before.version === null ? {} : { from: before.version }),
    ...(after.version === null ? {} : { to: after.version }),
    ...(before.id === after.id ? {} : { with: after.id }),
  };
  return ask<SessionDifferences>(
    client.GET("/api/v1/genesis/{session_id}/diff", { params: { path: { session_id: before.id }, query } }),
  );
}

/** For the names of what differs: people, places and proposals are called by them, not by their ids. */
async function readSide({ id, version }: Side): Promise<SessionState> {
  const path = { session_id: id };
  if (version === null) return ask<SessionState>(client.GET("/api/v1/genesis/{session_id}/state/compact", { params: { path } }));
  return ask<SessionState>(
    client.GET("/api/v1/genesis/{session_id}/replay/compact", { params: { path, query: { at_version: version } } }),
  );
}
