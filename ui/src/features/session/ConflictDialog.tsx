// Somebody changed the same text meanwhile: both sides, what happened, and three ways on. Nothing typed is lost in any.
import { Button, CopyButton, Group, Modal } from "@mantine/core";
import { memo, useMemo } from "react";
import type { Content, WorkStage } from "@/shared/api/types";
import { changes } from "@/shared/content/changes";
import { dotted, pathName } from "@/shared/content/pathName";
import { SHAPES, SKIP, TITLE_FIELD } from "@/shared/content/shapes";
import { DocumentView } from "@/shared/content/DocumentView";
import { asText } from "@/shared/content/values";
import { useI18n, useMaybe } from "@/shared/i18n/i18n";
import { ago } from "@/shared/lib/time";
import { Coming } from "@/shared/ui/Coming";
import { titleOf, useWhole } from "./contents";
import { useSession } from "./context";
import { Diff } from "./Diff";
import { plainText } from "./plainText";
import { standing } from "./seen";
import { viewOf, type Conflict } from "./useCareful";
import classes from "./Conflict.module.css";
import diffs from "./WhatChanged.module.css";

export const ConflictDialog = memo(function ConflictDialog() {
  const { t } = useI18n();
  const { conflict } = useSession();
  return (
    <Modal
      opened={conflict !== null}
      onClose={() => conflict?.choose("editing")}
      size="xl"
      title={t(conflict ? `conflict.title.${conflict.mine.aim}` : "conflict.title.content")}
    >
      {conflict && <Sides conflict={conflict} />}
    </Modal>
  );
});

function Sides({ conflict }: { conflict: Conflict }) {
  const { t, language } = useI18n();
  const { state, stageName } = useSession();
  const { mine } = conflict;
  const view = viewOf(state, mine.stage);
  const now = standing(mine.seen, view, mine.proposalId);
  const asked = useWhole(state, mine.list ? null : (now?.id ?? null));
  const theirs = asked.data?.content;
  const shape = SHAPES[mine.stage];
  const found = useMemo(
    () => (mine.content && theirs ? changes(shape, theirs, mine.content) : []),
    [shape, mine.content, theirs],
  );
  const read = useWhole(state, mine.aim === "locks" ? mine.proposalId : null).data?.content;
  const inWords = (item: string) =>
    mine.aim === "locks"
      ? pathName(shape, read, dotted(read, item), language)
      : titleOf(mine.stage, view.proposals.find(({ id }) => id === item));
  const nowListed = mine.aim === "locks" ? view.locked_paths : view.shortlist;
  return (
    <div className={classes["conflict"]} data-testid="conflict" data-aim={mine.aim}>
      <p>{t(`conflict.lead.${mine.aim}`, { stage: stageName(mine.stage) })}</p>
      <Happened conflict={conflict} />
      {found.length > 0 && (
        <section aria-label={t("conflict.diff")}>
          <h3>{t("conflict.diff")}</h3>
          <dl className={diffs["diffs"]}>
            {found.map((change, index) => (
              <Diff key={index} change={change} words={["conflict.diff.now", "conflict.diff.mine"]} />
            ))}
          </dl>
        </section>
      )}
      <div className={classes["sides"]}>
        <section aria-label={t("conflict.mine")} data-testid="conflict-mine">
          <h3>{t(mine.aim === "accept" ? "conflict.mine.accept" : "conflict.mine")}</h3>
          {mine.words !== undefined && (
            <p className={classes["words"]} dir="auto">
              {mine.words}
            </p>
          )}
          {mine.content && <Text stage={mine.stage} content={mine.content} />}
          {mine.list && <Listed items={mine.list.map(inWords)} />}
        </section>
        <section aria-label={t("conflict.now")} data-testid="conflict-now">
          <h3>
            {t("conflict.now")}
            {!mine.list && now && <span className={classes["quiet"]}> · {t("proposal.version", { n: now.version })} · {t(`origin.${now.origin}`)}</span>}
          </h3>
          {mine.list && <Listed items={nowListed.map(inWords)} />}
          {!mine.list && now && (theirs ? <Text stage={mine.stage} content={theirs} /> : <Coming asked={asked} />)}
          {!mine.list && !now && <p className={classes["quiet"]}>{t("conflict.nothing")}</p>}
        </section>
      </div>
      <Ways conflict={conflict} />
    </div>
  );
}

function Ways({ conflict: { mine, choose } }: { conflict: Conflict }) {
  const { t, language } = useI18n();
  // who typed something can go on with it; for all others leaving it is the other way
  const typed = mine.aim === "content" || mine.aim === "words";
  const copy = mine.words ?? plainText(SHAPES[mine.stage], mine.content, language);
  return (
    <Group gap="xs" className={classes["ways"] ?? ""}>
      <Button data-testid="keep-mine" onClick={() => choose("mine")}>
        {t(`conflict.keepMine.${mine.aim}`)}
      </Button>
      <Button data-testid="take-theirs" variant="default" onClick={() => choose("theirs")} data-autofocus={!typed || undefined}>
        {t(mine.aim === "content" ? "conflict.takeTheirs" : mine.aim === "words" ? "conflict.setAside" : "conflict.leave")}
      </Button>
      {typed && (
        <>
          <Button data-testid="keep-editing" variant="subtle" onClick={() => choose("editing")} data-autofocus>
            {t("conflict.keepEditing")}
          </Button>
          <CopyButton value={copy}>
            {({ copied, copy: take }) => (
              <Button variant="subtle" color="gray" onClick={take}>
                {t(copied ? "app.copied" : "conflict.copy")}
              </Button>
            )}
          </CopyButton>
        </>
      )}
    </Group>
  );
}

function Text({ stage, content }: { stage: WorkStage; content: Content }) {
  const name = asText(content[TITLE_FIELD[stage] ?? ""]);
  return (
    <>
      {name && (
        <strong className={classes["name"]} dir="auto">
          {name}
        </strong>
      )}
      <DocumentView fields={SHAPES[stage]} content={content} skip={SKIP[stage]} />
    </>
  );
}

function Listed({ items }: { items: readonly string[] }) {
  const { t } = useI18n();
  if (items.length === 0) return <p className={classes["quiet"]}>{t("edit.none")}</p>;
  return (
    <ul className={classes["listed"]}>
      {items.map((item) => (
        <li key={item} dir="auto">
          {item}
        </li>
      ))}
    </ul>
  );
}

function Happened({ conflict: { changes: missed } }: { conflict: Conflict }) {
  const { locale } = useI18n();
  const maybe = useMaybe();
  const { stageName, live } = useSession();
  if (missed.length === 0) return null;
  return (
    <ul className={classes["happened"]}>
      {missed.slice(-6).map((change) => {
        const entry = live.timeline.find(({ version }) => version === change.version);
        const stage = change.stage ? stageName(change.stage) : "";
        return (
          <li key={change.version}>
            {maybe(`timeline.${change.event_type}`, change.event_type, { stage, n: Number(entry?.data["count"] ?? 1) })}
            <span className={classes["quiet"]}> · {ago(change.occurred_at, locale)}</span>
          </li>
        );
      })}
    </ul>
  );
}
