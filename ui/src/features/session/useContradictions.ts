// Where confirmed stages contradict each other: asked for again when something happened on which it depends.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { ask, client } from "@/shared/api/client";
import type { Contradiction, ContradictionList } from "@/shared/api/types";
import { lastMove } from "./agreement";
import { useSession } from "./context";

const NOTHING: readonly Contradiction[] = [];

export type Settling = "CORRECT_CONTRADICTIONS" | "DISMISS_CONTRADICTIONS" | "RESTORE_CONTRADICTIONS";

/** All that is found, and how to settle it: what was accepted or left goes from its list at once. */
export function useContradictions() {
  const { state, live, commands } = useSession();
  const { session_id } = state;
  const [settled, setSettled] = useState<ReadonlySet<string>>(new Set());
  const [restored, setRestored] = useState<ReadonlySet<string>>(new Set());
  const at = Math.min(lastMove(live.timeline), state.version);
  const confirmed = Object.keys(state.confirmed_data).length;
  const found = useQuery({
    queryKey: ["contradictions", session_id, at, confirmed],
    queryFn: () =>
      ask<ContradictionList>(
        client.GET("/api/v1/genesis/{session_id}/contradictions", {
          params: { path: { session_id }, query: { min_version: at } },
        }),
      ),
    enabled: confirmed > 0,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const items = useMemo(() => found.data?.items.filter(({ id }) => !settled.has(id)) ?? NOTHING, [found.data, settled]);
  const dismissed = useMemo(
    () => found.data?.dismissed?.filter(({ id }) => !restored.has(id)) ?? NOTHING,
    [found.data, restored],
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
