// What does not agree between confirmed stages: how many above the table, and the list with a proposed change for each.
import { Button, Modal, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { memo, useRef, useState } from "react";
import type { Contradiction, WorkStage } from "@/shared/api/types";
import { dotted, pathName } from "@/shared/content/pathName";
import { SHAPES } from "@/shared/content/shapes";
import { useI18n } from "@/shared/i18n/i18n";
import { wordLabel } from "@/shared/i18n/labels";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Notice } from "@/shared/ui/Notice";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { canAccept } from "./agreement";
import { useSettled } from "./contents";
import { useSession } from "./context";
import { Why } from "./ContradictionWhy";
import { Diff } from "./Diff";
import classes from "./Contradictions.module.css";
import { BothSides } from "./BothSides";
import { LeftOnes } from "./LeftOnes";
import { SearchContradictions } from "./SearchContradictions";
import { useContradictions } from "./useContradictions";
import diffs from "./WhatChanged.module.css";

export const Contradictions = memo(function Contradictions() {
  const { t } = useI18n();
  const found = useContradictions();
  const { foreign } = useSession();
  const [open, setOpen] = useState(false);
  const n = found.items.length + found.more;
  const { state } = useSession();
  // Escape reaches every dialog that is open, and is meant for the uppermost: what was sent lies over this one
  const close = () => {
    if (document.querySelectorAll("[role=dialog]").length < 2) setOpen(false);
  };
  const comparable = Object.keys(state.confirmed_data).length > 1;
  if (n === 0 && found.dismissed.length === 0 && !open && !comparable) return null;
  return (
    <>
      {n > 0 && (
        <div data-testid="contradictions">
          <Notice
            tone="warning"
            title={foreign ? t("foreign.agree", { n }) : n === 1 ? t("agree.one") : t("agree.n", { n })}
            action={
              <Button size="xs" variant="light" onClick={() => setOpen(true)}>
                {t("agree.look")}
              </Button>
            }
          >
            {t(foreign ? "foreign.agree.about" : "agree.about")}
          </Notice>
        </div>
      )}
      {n === 0 && (
        <UnstyledButton
          className={classes["leftOnes"]}
          data-screen-only
          data-testid={found.dismissed.length > 0 ? "left-ones" : "look-for-contradictions"}
          onClick={() => setOpen(true)}
        >
          {found.dismissed.length === 0
            ? t("agree.check")
            : found.dismissed.length === 1
              ? t("agree.left.one")
              : t("agree.left.n", { n: found.dismissed.length })}
        </UnstyledButton>
      )}
      <Modal
        opened={open}
        onClose={close}
        size="xl"
        title={t("agree.title")}
      >
        <List found={found} close={() => setOpen(false)} />
      </Modal>
    </>
  );
});

interface ListProps {
  found: ReturnType<typeof useContradictions>;
  close: () => void;
}

function List({ found, close }: ListProps) {
  const { t } = useI18n();
  const { state, foreign, stageName, commands, whyNot } = useSession();
  const lead = useRef<HTMLParagraphElement>(null);
  const [said, setSaid] = useState("");
  const [undo, setUndo] = useState<readonly string[]>([]);
  const stages = [...new Set(found.items.map(({ stage }) => stage))];
  const sure = found.items.filter(canAccept);
  const settle = async (how: "accept" | "leave", ids: readonly string[]) => {
    if (!(await found.settle(how === "accept" ? "CORRECT_CONTRADICTIONS" : "DISMISS_CONTRADICTIONS", ids))) return;
    setUndo(how === "leave" ? ids : []);
    setSaid(`${t(how === "accept" ? "agree.done" : "agree.dismissed")} ${t("agree.left", { n: found.items.length - ids.length + found.more })}`);
    lead.current?.focus(); // the button that was pressed is gone
  };
  const restore = async (ids: readonly string[]) => {
    if (!(await found.settle("RESTORE_CONTRADICTIONS", ids))) return;
    setUndo([]);
    setSaid(t("agree.restored"));
    lead.current?.focus();
  };
  return (
    <div className={classes["list"]} data-testid="contradiction-list">
      <p ref={lead} tabIndex={-1}>
        {found.items.length > 0 ? t(foreign ? "foreign.agree.about" : "agree.lead") : t("agree.none")}
      </p>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      {undo.length > 0 && (
        <div data-testid="undo-leave">
          <Notice
            tone="calm"
            action={
              <Button size="xs" variant="light" loading={commands.busy(`agree ${undo[0]}`)} onClick={() => void restore(undo)}>
                {t("agree.undo")}
              </Button>
            }
          >
            {t("agree.dismissed")}
          </Notice>
        </div>
      )}
      {found.failed && (
        <Notice
          tone="danger"
          action={
            <Button size="xs" variant="light" onClick={found.again}>
              {t("app.retry")}
            </Button>
          }
        >
          {t("agree.failed")}
        </Notice>
      )}
      {sure.length > 0 && found.items.length > 1 && (
        <div className={classes["all"]}>
          <GuardedButton
            data-testid="accept-all"
            size="sm"
            why={whyNot("CORRECT_CONTRADICTIONS")}
            loading={commands.busy("agree all")}
            onClick={() => void settle("accept", sure.map(({ id }) => id))}
          >
            {sure.length === 1 ? t("agree.all.one") : t("agree.all", { n: sure.length })}
          </GuardedButton>
          {sure.length < found.items.length && <span className={classes["rest"]}>{t("agree.all.left")}</span>}
        </div>
      )}
      <ProblemNote commands={commands} of="agree all" />
      {stages.map((stage) => (
        <section key={stage} aria-label={stageName(stage)}>
          <h3>{stageName(stage)}</h3>
          <ul>
            {found.items
              .filter((one) => one.stage === stage)
              .map((one) => (
                <Item key={one.id} one={one} settle={settle} close={close} />
              ))}
          </ul>
        </section>
      ))}
      {found.more > 0 && <p>{t("agree.more", { n: found.more })}</p>}
      <SearchContradictions />
      <LeftOnes left={found.dismissed} restore={restore} />
      {state.status !== "IN_PROGRESS" && <p>{whyNot("CORRECT_CONTRADICTIONS")}</p>}
    </div>
  );
}

interface ItemProps {
  one: Contradiction;
  settle: (how: "accept" | "leave", ids: readonly string[]) => Promise<void>;
  close: () => void;
}

function Item({ one, settle, close }: ItemProps) {
  const { t, language } = useI18n();
  const { state, stage, go, stageName, commands, whyNot } = useSession();
  const own = one.stage as WorkStage;
  const content = useSettled(state, [own])?.[own];
  const where = pathName(SHAPES[own], content, dotted(content, one.path), language);
  const key = `agree ${one.id}`;
  const locked = one.locked ? t("agree.locked") : null;
  return (
    <li data-testid="contradiction" data-kind={one.kind}>
      <p className={classes["why"]}>
        <Why one={one} />
      </p>
      {one.kind === "found" && <BothSides one={one} where={where} />}
      {(one.kind !== "found" || one.proposed !== null) && (
        <dl className={diffs["diffs"]}>
          {one.proposed === null ? (
            <div>
              <dt dir="auto">{where}</dt>
              <dd dir="auto">{one.kind === "structure" ? wordLabel(one.sentence, language) : one.sentence}</dd>
            </div>
          ) : (
            <Diff change={{ where: [{ name: where }], before: one.sentence, after: one.proposed }} words={["agree.was", "agree.now"]} />
          )}
        </dl>
      )}
      {one.unsure && <p className={classes["note"]}>{t("agree.unsure")}</p>}
      {one.proposed === null && (one.kind === "old_name" || one.kind === "setting_year") && (
        <p className={classes["note"]}>{t("agree.tooLong")}</p>
      )}
      {locked && <p className={classes["note"]}>{locked}</p>}
      <div className={classes["ways"]}>
        {one.proposed !== null && (
          <GuardedButton
            data-testid="accept-change"
            size="xs"
            variant="light"
            why={whyNot("CORRECT_CONTRADICTIONS") ?? locked}
            loading={commands.busy(key)}
            onClick={() => void settle("accept", [one.id])}
          >
            {t("agree.accept")}
          </GuardedButton>
        )}
        <GuardedButton
          data-testid="leave-it"
          size="xs"
          variant="subtle"
          color="gray"
          why={whyNot("DISMISS_CONTRADICTIONS")}
          onClick={() => void settle("leave", [one.id])}
        >
          {t("agree.leave")}
        </GuardedButton>
        {own !== stage && !canAccept(one) && (
          <GuardedButton
            size="xs"
            variant="subtle"
            color="gray"
            why={state.status === "IN_PROGRESS" ? whyNot("NAVIGATE_TO_STAGE", own) : null}
            onClick={() => {
              go(own);
              close();
            }}
          >
            {t("agree.go", { stage: stageName(own) })}
          </GuardedButton>
        )}
      </div>
      <ProblemNote commands={commands} of={key} />
    </li>
  );
}
