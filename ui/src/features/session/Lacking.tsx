// What a proposal lacks, by name, and one button that asks for exactly that.
import type { Proposal, WorkStage } from "@/shared/api/types";
import { dotted, pathName } from "@/shared/content/pathName";
import { SHAPES } from "@/shared/content/shapes";
import { useI18n } from "@/shared/i18n/i18n";
import { fieldLabel } from "@/shared/i18n/labels";
import { readStored } from "@/shared/lib/useStored";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Notice } from "@/shared/ui/Notice";
import { useSession } from "./context";

export function Lacking({ proposal, content }: { proposal: Proposal; content: unknown }) {
  const { t } = useI18n();
  const { state, stage, view, commands, whyNot } = useSession();
  const name = useNames(stage, content);
  const lacking = view.incomplete?.find(({ proposal_id }) => proposal_id === proposal.id);
  if (!lacking) return null;
  // what the note was to change comes first: what is missing is asked for of that
  const kind = lacking.unchanged.length > 0 ? "unchanged" : "missing";
  const paths = lacking[kind];
  const instructions = kind === "missing" ? readStored(`genesis:${state.session_id}:${stage}:last`) : "";
  return (
    <div data-testid="lacking" data-kind={kind}>
      <Notice
        tone="calm"
        title={t(`lack.${kind}`)}
        action={
          <GuardedButton
            size="xs"
            variant="light"
            data-testid="ask-for-the-parts"
            why={whyNot("GENERATE_INSPIRATION", stage)}
            loading={commands.busy("generate")}
            onClick={() =>
              void commands.run("generate", {
                command_type: "GENERATE_INSPIRATION",
                session_id: state.session_id,
                payload: { stage, rest_of: proposal.id, instructions },
              })
            }
          >
            {t(paths.length === 1 ? `lack.${kind}.one` : `lack.${kind}.n`, { n: paths.length })}
          </GuardedButton>
        }
      >
        <span dir="auto">{[...new Set(paths.map(name))].join(t("lack.between"))}</span>
      </Notice>
    </div>
  );
}

/** What a place is called; of an item that is not there yet, its list and its number. */
function useNames(stage: WorkStage, content: unknown) {
  const { t, language } = useI18n();
  return (path: string) => {
    const [, list = "", place] = path.split("/");
    const items = (content as Record<string, unknown> | null)?.[list];
    const there = Array.isArray(items) ? items.length : 0;
    if (place === "-") return t("lack.new", { list: fieldLabel(list, language) });
    if (place !== undefined && Number(place) >= there) return `${fieldLabel(list, language)} ${Number(place) + 1}`;
    return pathName(SHAPES[stage], content, dotted(content, path), language);
  };
}
