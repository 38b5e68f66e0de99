// One to three favourites among the concepts; later rounds build on them.
import type { Proposal } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { GuardedIcon } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import { useSession } from "./context";
import { toggleShortlist } from "./rounds";
import { seenOf } from "./seen";

export function Shortlist({ proposal }: { proposal: Proposal }) {
  const { t } = useI18n();
  const { state, stage, view, commands, careful, whyNot } = useSession();
  const on = view.shortlist.includes(proposal.id);
  const next = toggleShortlist(view.shortlist, proposal.id);
  const rule = next === null ? t(on ? "proposal.shortlist.last" : "proposal.shortlist.full") : null;
  const choose = () => {
    if (next === null) return;
    void careful.send(
      "shortlist",
      { command_type: "SELECT_CONCEPT", session_id: state.session_id, payload: { proposal_ids: next } },
      { stage, aim: "shortlist", proposalId: proposal.id, seen: seenOf(state, stage), list: next },
    );
  };
  return (
    <GuardedIcon
      size={36}
      variant="subtle"
      color={on ? "pine" : "gray"}
      label={`${t(on ? "proposal.shortlisted" : "proposal.shortlist")}: ${t("proposal.shortlist.why")}`}
      pressed={on}
      why={whyNot("SELECT_CONCEPT") ?? rule}
      loading={commands.busy("shortlist")}
      onClick={choose}
    >
      <Icon name="star" size={18} filled={on} />
    </GuardedIcon>
  );
}
