// What of a session lies in the archive, and the way back, step by step.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { ask, client } from "@/shared/api/client";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { SessionArchive } from "@/shared/api/types";

const archiveKey = (id: string) => ["archive", id] as const;

export function useArchive(id: string): SessionArchive | null {
  const found = useQuery({
    queryKey: archiveKey(id),
    queryFn: () => ask<SessionArchive>(client.GET("/api/v1/genesis/{session_id}/archive", { params: { path: { session_id: id } } })),
    refetchOnWindowFocus: false,
  });
  return found.data ?? null;
}

export interface BringingBack {
  /** Events that are back, of all that there were; null: it has not been asked for. */
  done: number | null;
  problem: Problem | null;
  start: (events: number) => void;
}

/** One step after the other until nothing is left. Leaving the page ends it between two steps; the rest can wait. */
export function useBringBack(id: string): BringingBack {
  const cache = useQueryClient();
  const [done, setDone] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const start = useCallback(
    (events: number) => {
      setProblem(null);
      setDone(0);
      void (async () => {
        try {
          let left = events;
          while (left > 0 && here.current) {
            const answer = await ask<SessionArchive>(
              client.POST("/api/v1/genesis/{session_id}/archive/bring-back", { params: { path: { session_id: id } } }),
            );
            left = answer.archived_events;
            setDone(events - left);
          }
          await cache.invalidateQueries({ queryKey: archiveKey(id) });
          void cache.invalidateQueries({ queryKey: ["sessions"] });
        } catch (error) {
          setProblem(asProblem(error));
          setDone(null);
          void cache.invalidateQueries({ queryKey: archiveKey(id) });
        }
      })();
    },
    [cache, id],
  );
  return { done, problem, start };
}
