// Somebody changed the same text meanwhile: both sides, what happened, and three ways on. Nothing typed is lost in any.
import { Button, CopyButton, Group, Modal } from "@mantine/core";
import { useMemo } from "react";
import { changes } from "@/shared/content/changes";
import { SHAPES, SKIP, TITLE_FIELD } from "@/shared/content/shapes";
import { DocumentView } from "@/shared/content/DocumentView";
import { asText } from "@/shared/content/values";
import { useI18n, useMaybe } from "@/shared/i18n/i18n";
import { ago } from "@/shared/lib/time";
import { useSession } from "./context";
import { Diff } from "./Diff";
import { plainText } from "./plainText";
import { standing } from "./seen";
import { viewOf, type Conflict } from "./useCareful";
import classes from "./Conflict.module.css";
import diffs from "./WhatChanged.module.css";

export function ConflictDialog() {
  const { t } = useI18n();
  const { conflict } = useSession();
  return (
    <Modal
      opened={conflict !== null}
      onClose={() => conflict?.choose("editing")}
      size="xl"
      title={t("conflict.title")}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      {conflict && <Sides conflict={conflict} />}
    </Modal>
  );
}

function Sides({ conflict }: { conflict: Conflict }) {
  const { t, language } = useI18n();
  const { state, stageName } = useSession();
  const { mine, choose } = conflict;
  const view = viewOf(state, mine.stage);
  const now = standing(mine.seen, view, mine.proposalId);
  const shape = SHAPES[mine.stage];
  const found = useMemo(
    () => (mine.content && now ? changes(shape, now.content, mine.content) : []),
    [shape, mine.content, now],
  );
  const editing = mine.words !== undefined || mine.content !== undefined;
  const copy = mine.words ?? plainText(shape, mine.content, language);
  const title = (content: Record<string, unknown> | undefined) => asText(content?.[TITLE_FIELD[mine.stage] ?? ""]);
  return (
    <div className={classes["conflict"]} data-testid="conflict">
      <p>{t("conflict.lead", { stage: stageName(mine.stage) })}</p>
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
          <h3>{t("conflict.mine")}</h3>
          {mine.words !== undefined && <p className={classes["words"]}>{mine.words}</p>}
          {mine.content && (
            <>
              {title(mine.content) && <strong className={classes["name"]}>{title(mine.content)}</strong>}
              <DocumentView fields={shape} content={mine.content} skip={SKIP[mine.stage]} />
            </>
          )}
        </section>
        <section aria-label={t("conflict.now")} data-testid="conflict-now">
          <h3>
            {t("conflict.now")}
            {now && <span className={classes["quiet"]}> · {t("proposal.version", { n: now.version })} · {t(`origin.${now.origin}`)}</span>}
          </h3>
          {now ? (
            <>
              {title(now.content) && <strong className={classes["name"]}>{title(now.content)}</strong>}
              <DocumentView fields={shape} content={now.content} skip={SKIP[mine.stage]} />
            </>
          ) : (
            <p className={classes["quiet"]}>{t("conflict.nothing")}</p>
          )}
        </section>
      </div>
      <Group gap="xs" className={classes["ways"] ?? ""}>
        <Button data-testid="keep-mine" onClick={() => choose("mine")}>
          {t("conflict.keepMine")}
        </Button>
        <Button data-testid="take-theirs" variant="default" onClick={() => choose("theirs")}>
          {t("conflict.takeTheirs")}
        </Button>
        <Button data-testid="keep-editing" variant="subtle" onClick={() => choose("editing")} data-autofocus>
          {t(editing ? "conflict.keepEditing" : "app.cancel")}
        </Button>
        <CopyButton value={copy}>
          {({ copied, copy: take }) => (
            <Button variant="subtle" color="gray" onClick={take}>
              {t(copied ? "app.copied" : "conflict.copy")}
            </Button>
          )}
        </CopyButton>
      </Group>
    </div>
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
