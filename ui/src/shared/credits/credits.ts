// Credits: what I have, and what a generation would cost at most. Where credits are off nothing is asked again.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ask, client } from "@/shared/api/client";
import { followLists } from "@/shared/live/tab";
import type { Credits, CreditsHistory, Estimate, WorkStage } from "@/shared/api/types";

const CREDITS = ["credits"];
const FRESH = 15_000;

export function useCredits() {
  return useQuery({
    queryKey: CREDITS,
    queryFn: () => ask<Credits>(client.GET("/api/v1/account/credits")),
    staleTime: FRESH,
    refetchInterval: (query) => (query.state.data?.enabled ? FRESH : false),
  });
}

/** Keeps them fresh, where credits are on. */
export function useMovingCredits(): void {
  const cache = useQueryClient();
  const enabled = useCredits().data?.enabled === true;
  useEffect(() => {
    if (!enabled) return undefined;
    const read = () => void cache.invalidateQueries({ queryKey: CREDITS });
    return followLists({
      opened: read,
      lost: () => undefined,
      frame: (event) => {
        if (event === "credits") read();
      },
    });
  }, [cache, enabled]);
}

export async function readHistory(cursor?: string): Promise<CreditsHistory> {
  return ask<CreditsHistory>(client.GET("/api/v1/account/credits/history", { params: { query: cursor ? { cursor } : {} } }));
}

interface Asked {
  sessionId: string;
  /** Of the session: an estimate is of what stands there now. */
  version: number;
  stage: WorkStage;
  count?: number;
  proposalId?: string;
  /** Of a search for contradictions. */
  search?: boolean;
}

/** null: nobody knows yet. `wanted` false: it is not asked for. */
export function useEstimate({ sessionId, version, stage, count, proposalId, search }: Asked, wanted = true): Estimate | null {
  const cache = useQueryClient();
  const { data: credits } = useCredits();
  const enabled = credits?.enabled === true;
  const query = { stage, ...(count ? { count } : {}), ...(proposalId ? { proposal_id: proposalId } : {}), ...(search ? { search } : {}) };
  const { data } = useQuery({
    queryKey: ["estimate", sessionId, version, query],
    queryFn: () =>
      ask<Estimate>(client.GET("/api/v1/genesis/{session_id}/estimate", { params: { path: { session_id: sessionId }, query } })),
    enabled: wanted,
    placeholderData: (before) => before,
  });
  useEffect(() => {
    if (enabled) void cache.invalidateQueries({ queryKey: CREDITS });
  }, [cache, enabled, version]);
  return wanted && data ? data : null;
}
