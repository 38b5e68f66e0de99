// Asking for proposals: wishes and count are kept in this browser until they are sent.
import type { Estimate } from "@/shared/api/types";
import { useEstimate } from "@/shared/credits/credits";
import { readStored, writeStored, useStored } from "@/shared/lib/useStored";
import { useSession } from "./context";

export const MOST: Record<string, number> = { CONCEPT_SELECTION: 10 };
export const USUAL: Record<string, number> = { CONCEPT_SELECTION: 3 };

export interface Generate {
  wishes: string;
  setWishes: (text: string) => void;
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
}

export function useGenerate(): Generate {
  const { state, stage, commands, whyNot, wait } = useSession();
  const base = `genesis:${state.session_id}:${stage}`;
  const [wishes, setWishes] = useStored(`${base}:wishes`);
  const [chosen, setChosen] = useStored(`${base}:count`);
  const count = Number(chosen) || USUAL[stage] || 1;
  const refused = whyNot("GENERATE_INSPIRATION", stage);
  const estimate = useEstimate({ sessionId: state.session_id, version: state.version, stage, count });
  const ask = async (instructions: string) => {
    if (refused !== null) return;
    const answer = await commands.run("generate", {
      command_type: "GENERATE_INSPIRATION",
      session_id: state.session_id,
      payload: { stage, count, instructions },
    });
    if (answer === null) return;
    writeStored(`${base}:last`, instructions);
    writeStored(`${base}:wishes`, "");
  };
  return {
    wishes,
    setWishes,
    count,
    setCount: (next) => setChosen(String(next)),
    most: MOST[stage] ?? 3,
    whyNot: refused,
    wait,
    busy: commands.busy("generate"),
    estimate,
    run: () => void ask(wishes.trim()),
    again: () => void ask(wishes.trim() || readStored(`${base}:last`)),
  };
}
