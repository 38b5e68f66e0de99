// Asking for proposals: wishes and count are kept in this browser until they are sent.
import type { Estimate } from "@/shared/api/types";
import { useEstimate } from "@/shared/credits/credits";
import { LIMITS } from "@/shared/lib/limit";
import { useDraft, type Draft } from "@/shared/lib/useDraft";
import { readStored, writeStored } from "@/shared/lib/useStored";
import { useTooMuch } from "@/shared/ui/Typed";
import { useSession } from "./context";

export const MOST: Record<string, number> = { CONCEPT_SELECTION: 10 };
export const USUAL: Record<string, number> = { CONCEPT_SELECTION: 3 };

export interface Generate {
  wishes: Draft;
  count: number;
  setCount: (count: number) => void;
  most: number;
  whyNot: string | null;
  /** Seconds until it can be asked again; 0: now. */
  wait: number;
  busy: boolean;
  /** What it would cost at most; null where credits are off. */
  estimate: Estimate | null;
  run: () => void;
  /** The same round once more, failed or not. */
  again: () => void;
  /** As many proposals as did not come, with the words of that round. */
  rest: (missing: number) => void;
}

export function useGenerate(): Generate {
  const { state, moment, stage, commands, whyNot, wait } = useSession();
  const base = `genesis:${state.session_id}:${stage}`;
  const wishes = useDraft(`${base}:wishes`);
  const chosen = useDraft(`${base}:count`);
  const count = Number(chosen.text) || USUAL[stage] || 1;
  const refused = useTooMuch()(wishes.text, LIMITS.words) ?? whyNot("GENERATE_INSPIRATION", stage);
  const estimate = useEstimate({ sessionId: state.session_id, version: state.version, stage, count }, moment === null);
  const ask = async (instructions: string) => {
    if (refused !== null) return;
    const sending = wishes.sending();
    const answer = await commands.run("generate", {
      command_type: "GENERATE_INSPIRATION",
      session_id: state.session_id,
      payload: { stage, count, instructions },
    });
    if (answer === null) return sending.refused();
    writeStored(`${base}:last`, instructions);
    sending.arrived();
  };
  // what is typed now is for the round after it, and stays
  const askAgain = (missing: number) =>
    commands.run("generate", {
      command_type: "GENERATE_INSPIRATION",
      session_id: state.session_id,
      payload: { stage, count: missing, instructions: readStored(`${base}:last`) },
    });
  return {
    wishes,
    count,
    setCount: (next) => chosen.write(String(next)),
    most: MOST[stage] ?? 3,
    whyNot: refused,
    wait,
    busy: commands.busy("generate"),
    estimate,
    run: () => void ask(wishes.text.trim()),
    rest: (missing) => void askAgain(missing),
    again: () => void ask(wishes.text.trim() || readStored(`${base}:last`)),
  };
}
