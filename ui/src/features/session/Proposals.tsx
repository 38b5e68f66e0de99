// What lies on the table, newest first: concepts side by side, documents one below the other, earlier ones folded.
import { Button, UnstyledButton } from "@mantine/core";
import { memo, useState } from "react";
import type { Proposal } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { clock } from "@/shared/lib/time";
import { Icon } from "@/shared/ui/Icon";
import { AcceptedText, useAcceptedAlone } from "./AcceptedText";
import { titleOf, useEarlier } from "./contents";
import { useSession } from "./context";
import { editKey, hasDraft } from "./editDraft";
import { ProposalCard } from "./ProposalCard";
import { TABLE_ID } from "./reach";
import { rounds } from "./rounds";
import classes from "./ProposalCard.module.css";

export const Proposals = memo(function Proposals() {
  const { t } = useI18n();
  const { state, stage, view } = useSession();
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const earlier = useEarlier(state, view);
  const newestFirst = rounds(earlier.proposals);
  const alone = useAcceptedAlone(earlier.proposals);
  if (newestFirst.length === 0 && !alone) return null;
  const concepts = stage === "CONCEPT_SELECTION";
  // concepts are chosen by comparing, so the round before stays in sight, too
  const inSight = new Set(newestFirst.slice(0, concepts ? 2 : 1).flat());
  const settled = earlier.proposals.find((proposal) => proposal.id === view.confirmed_proposal_id);
  if (settled) inSight.add(settled);
  // an edit that was not sent is offered again, wherever its text stands by now
  for (const proposal of earlier.proposals) if (hasDraft(editKey(state.session_id, proposal.id))) inSight.add(proposal);
  const open = (proposal: Proposal) => inSight.has(proposal) || unfolded.has(proposal.id);
  const toggle = (id: string) =>
    setUnfolded((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  return (
    <div id={TABLE_ID} tabIndex={-1} className={classes["rounds"]}>
      {alone && <AcceptedText />}
      {newestFirst.map((round, place) => {
        const shown = round.filter(open);
        const folded = round.filter((proposal) => !inSight.has(proposal));
        return (
          <section key={round[0]?.id} className={classes["round"]} aria-label={place === 0 ? t("proposal.newest") : t("proposal.earlier")}>
            {place < 2 && newestFirst.length > 1 && (
              <h3 className={classes["divider"]}>{t(place === 0 ? "proposal.newest" : "proposal.earlier")}</h3>
            )}
            {folded.length > 0 && (
              <div className={classes["folds"]}>
                {folded.map((proposal) => (
                  <Fold key={proposal.id} proposal={proposal} open={unfolded.has(proposal.id)} toggle={() => toggle(proposal.id)} />
                ))}
              </div>
            )}
            {shown.length > 0 && (
              <div className={classes["list"]} data-stage={stage} data-single={shown.length === 1 || undefined}>
                {shown.map((proposal) => (
                  <ProposalCard key={proposal.id} proposal={proposal} />
                ))}
              </div>
            )}
          </section>
        );
      })}
      {earlier.left > 0 && (
        <Button variant="subtle" color="gray" loading={earlier.busy} onClick={earlier.more} data-testid="earlier-proposals">
          {t(earlier.failed ? "app.retry" : "proposal.show_earlier", { n: earlier.left })}
        </Button>
      )}
    </div>
  );
});

function Fold({ proposal, open, toggle }: { proposal: Proposal; open: boolean; toggle: () => void }) {
  const { t, locale } = useI18n();
  const { stage } = useSession();
  const title = titleOf(stage, proposal);
  return (
    <UnstyledButton className={classes["fold"]} aria-expanded={open} onClick={toggle}>
      <Icon name={open ? "up" : "down"} size={14} />
      <span>
        {t("proposal.version", { n: proposal.version })}
        {title && " · "}
        {title && <bdi>{title}</bdi>}
        {` · ${clock(proposal.created_at, locale)}`}
      </span>
    </UnstyledButton>
  );
}
