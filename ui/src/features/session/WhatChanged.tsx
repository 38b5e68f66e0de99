// What a refinement changed: the writer's own account of it, and every word that went or came.
import { Collapse, UnstyledButton } from "@mantine/core";
import { useId, useMemo, useState } from "react";
import type { WholeProposal } from "@/shared/api/types";
import { changes } from "@/shared/content/changes";
import { SHAPES } from "@/shared/content/shapes";
import { useI18n } from "@/shared/i18n/i18n";
import { Icon } from "@/shared/ui/Icon";
import { useSession } from "./context";
import { Diff } from "./Diff";
import classes from "./WhatChanged.module.css";

export function WhatChanged({ proposal, before }: { proposal: WholeProposal; before: WholeProposal }) {
  const { t } = useI18n();
  const { stage } = useSession();
  const found = useMemo(
    () => changes(SHAPES[stage], before.content, proposal.content),
    [stage, before.content, proposal.content],
  );
  const [open, setOpen] = useState(found.length <= 12);
  const id = useId();
  return (
    <section className={classes["changed"]} aria-label={t("proposal.changed")}>
      <UnstyledButton className={classes["summary"]} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        <strong>{t("proposal.changed")}</strong>
        <span>{t(found.length === 1 ? "proposal.changed.one" : "proposal.changed.n", { n: found.length })}</span>
        <Icon name={open ? "up" : "down"} size={14} />
      </UnstyledButton>
      {proposal.adjustments.length > 0 && (
        <ul className={classes["adjustments"]}>
          {proposal.adjustments.map((adjustment, index) => (
            <li key={index} dir="auto">
              {adjustment}
            </li>
          ))}
        </ul>
      )}
      <Collapse expanded={open} id={id}>
        <dl className={classes["diffs"]}>
          {found.map((change, index) => (
            <Diff key={index} change={change} />
          ))}
        </dl>
        {found.length === 0 && <p>{t("proposal.changed.none")}</p>}
      </Collapse>
    </section>
  );
}
