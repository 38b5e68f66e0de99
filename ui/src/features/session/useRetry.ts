// A failed round once more: as it was asked for, with fewer details, or by the muse. A refinement stays a refinement.
import type { WorkStage } from "@/shared/api/types";
import { useEstimate } from "@/shared/credits/credits";
import { readStored } from "@/shared/lib/useStored";
import { readSaid } from "./contents";
import { useSession } from "./context";
import { failedWork, fewerHelps, noteOf, type Failed } from "./writing";

export interface Otherwise {
  fewer_details?: boolean;
  writer?: "muse";
}

export interface Retry {
  failed: Failed | null;
  whyNot: string | null;
  busy: boolean;
  /** Whether asking for fewer details is worth a click. */
  fewer: boolean;
  run: (otherwise?: Otherwise) => void;
}

export function useRetry(): Retry {
  const { state, moment, live, commands, whyNot } = useSession();
  const failed = failedWork(live.timeline);
  const stage = (failed?.stage || state.current_stage) as WorkStage;
  const wanted = moment === null && failed !== null && fewerHelps(failed, null);
  const estimate = useEstimate(
    {
      sessionId: state.session_id,
      version: state.version,
      stage,
      ...(failed?.kind === "refinement" && failed.proposalId ? { proposalId: failed.proposalId } : { count: failed?.count ?? 1 }),
    },
    wanted,
  );
  const run = async (otherwise: Otherwise) => {
    const session_id = state.session_id;
    if (failed?.kind === "agreement") {
      return commands.run("generate", { command_type: "FIND_CONTRADICTIONS", session_id, payload: {} });
    }
    const instructions = readStored(`genesis:${session_id}:${stage}:last`);
    if (failed?.restOf) {
      const payload = { stage, rest_of: failed.restOf, instructions, ...otherwise };
      return commands.run("generate", { command_type: "GENERATE_INSPIRATION", session_id, payload });
    }
    const note = failed?.kind === "refinement" ? await saidThen(failed, stage) : null;
    if (note) {
      const payload = { proposal_id: note.proposal_id, text: note.text, path: note.path, ...otherwise };
      return commands.run("generate", { command_type: "PROVIDE_FEEDBACK", session_id, payload });
    }
    const payload = { stage, count: failed?.count ?? 1, instructions, ...otherwise };
    return commands.run("generate", { command_type: "GENERATE_INSPIRATION", session_id, payload });
  };
  const saidThen = async ({ feedbackId, proposalId }: Failed, of: WorkStage) => {
    const shown = noteOf(state, feedbackId);
    if (shown || proposalId === null) return shown;
    return (await readSaid(state.session_id, of, proposalId)).find(({ id }) => id === feedbackId) ?? null;
  };
  return {
    failed,
    whyNot: failed?.kind === "agreement" ? whyNot("FIND_CONTRADICTIONS") : whyNot(failed?.kind === "refinement" && !failed.restOf ? "PROVIDE_FEEDBACK" : "GENERATE_INSPIRATION", stage),
    busy: commands.busy("generate"),
    // offered once it is known to be smaller: a button that goes away again is pressed by nobody
    fewer: wanted && estimate !== null && fewerHelps(failed, estimate.fewer_helps ?? null),
    run: (otherwise = {}) => void run(otherwise),
  };
}
