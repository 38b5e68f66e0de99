// Asks where confirmed texts came from: all of a stage when it is shown, the chain of one value when it is chosen.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ask, client } from "@/shared/api/client";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { Provenance } from "@/shared/api/types";

export interface Told {
  found: Provenance | null;
  /** Null: nothing went wrong. */
  problem: Problem | null;
  /** It takes longer than one waits without a word. */
  slow: boolean;
  again: () => void;
}

const SLOW_MS = 4000;

/** `path`: /STAGE/…; `version`: of the session, whatever happens to it may change the answer; `wanted`: ask now. */
export function useProvenance(sessionId: string, path: string, version: number, wanted = true): Told {
  const found = useQuery({
    queryKey: ["provenance", sessionId, path, version],
    queryFn: ({ signal }) =>
      ask<Provenance>(
        client.GET("/api/v1/genesis/{session_id}/provenance", {
          params: { path: { session_id: sessionId }, query: { path } },
          signal,
        }),
      ),
    enabled: wanted,
    // a newer version of the same value may take the place of the last; another value may not
    placeholderData: (before, query) => (query?.queryKey[2] === path ? keepPreviousData(before) : undefined),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  return {
    found: found.data ?? null,
    problem: found.isError ? asProblem(found.error) : null,
    slow: useSlow(found.isFetching && !found.data),
    again: () => void found.refetch(),
  };
}

function useSlow(waiting: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [waiting]);
  return slow;
}
