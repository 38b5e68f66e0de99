// Where confirmed stages contradict each other: asked for again when something happened on which it depends.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { ask, client } from "@/shared/api/client";
import type { Contradiction, ContradictionList } from "@/shared/api/types";
import { lastMove } from "./agreement";
import { useSession } from "./context";
import { useTime } from "./past/context";

const NOTHING: readonly Contradiction[] = [];

export type Settling = "CORRECT_CONTRADICTIONS" | "DISMISS_CONTRADICTIONS" | "RESTORE_CONTRADICTIONS";

/** What was found at `version`; of a moment that is looked at, `past`, by folding the log until then. */
async function readContradictions(session_id: string, version: number, past: boolean): Promise<ContradictionList> {
  const path = { session_id };
  if (past) {
    const query = { at_version: version };
    return ask<ContradictionList>(client.GET("/api/v1/genesis/{session_id}/replay/contradictions", { params: { path, query } }));
  }
  const query = { min_version: version };
  return ask<ContradictionList>(client.GET("/api/v1/genesis/{session_id}/contradictions", { params: { path, query } }));
}

/** All that is found, and how to settle it: what was accepted or left goes from its list at once. */
export function useContradictions() {
  const { state, live, commands } = useSession();
  const { session_id } = state;
  const [settled, setSettled] = useState<ReadonlySet<string>>(new Set());
  const [restored, setRestored] = useState<ReadonlySet<string>>(new Set());
  const past = useTime().place !== null;
  const moved = Math.min(lastMove(live.timeline), state.version);
  // moments between two moves have the same ones; a history that has not come names no move
  const at = past && moved === 0 ? state.version : moved;
  const confirmed = Object.keys(state.confirmed_data).length;
  const found = useQuery({
    queryKey: [past ? "past contradictions" : "contradictions", session_id, at, confirmed],
    queryFn: () => readContradictions(session_id, at, past),
    enabled: confirmed > 0,
    ...(past ? {} : { placeholderData: keepPreviousData }),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const items = useMemo(() => found.data?.items.filter(({ id }) => past || !settled.has(id)) ?? NOTHING, [found.data, past, settled]);
  const dismissed = useMemo(
    () => found.data?.dismissed?.filter(({ id }) => past || !restored.has(id)) ?? NOTHING,
    [found.data, past, restored],
  );
  const settle = async (command_type: Settling, ids: readonly string[]) => {
    const key = `agree ${ids.length === 1 ? ids[0] : "all"}`;
    // ids are of a finding in its text: whatever else happened meanwhile, nothing that was not seen is changed
    const answer = await commands.run(key, { command_type, session_id, payload: { contradiction_ids: [...ids] } });
    if (answer === null) {
      void found.refetch();
      return false;
    }
    const back = command_type === "RESTORE_CONTRADICTIONS";
    setSettled((before) => (back ? without(before, ids) : new Set([...before, ...ids])));
    setRestored((before) => (back ? new Set([...before, ...ids]) : without(before, ids)));
    return true;
  };
  return { items, dismissed, more: found.data?.more ?? 0, failed: found.isError, again: () => void found.refetch(), settle };
}

function without(before: ReadonlySet<string>, ids: readonly string[]): Set<string> {
  return new Set([...before].filter((id) => !ids.includes(id)));
}
