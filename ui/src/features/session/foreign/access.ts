// Whose a session is: an analyst may read what is somebody else's, and the studio has to say so.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { ask, client } from "@/shared/api/client";
import type { SessionAccess, TimelineEntry, TimelinePage } from "@/shared/api/types";
import { refreshState } from "../data";
import { QUIET, type Live } from "../live";

const accessKey = (id: string) => ["access", id] as const;
const recordKey = (id: string) => ["record", id] as const;

/** Asked for analysts only: all others open nothing but their own. `asking`: it is not known yet. */
export function useAccess(id: string, analyst: boolean): { foreign: SessionAccess | null; asking: boolean; failed: boolean } {
  const found = useQuery({
    queryKey: accessKey(id),
    queryFn: () => ask<SessionAccess>(client.GET("/api/v1/genesis/{session_id}/access", { params: { path: { session_id: id } } })),
    enabled: analyst,
    staleTime: Infinity, // a session stays its owner's
    refetchOnWindowFocus: false,
  });
  return { foreign: found.data && !found.data.own ? found.data : null, asking: analyst && found.isPending, failed: found.isError };
}

const PAGE = 200;

/** The whole history, page by page: what the stream brings to its owner. */
async function readHistory(session_id: string): Promise<readonly TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = { limit: PAGE, ...(cursor === null ? {} : { cursor }) };
    const page: TimelinePage = await ask<TimelinePage>(
      client.GET("/api/v1/genesis/{session_id}/events", { params: { path: { session_id }, query } }),
    );
    entries.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return entries;
}

/** What is known of somebody else's session besides its state: nothing comes by itself, so it is open and quiet. */
export function useRecord(id: string, wanted: boolean): Live {
  const { data } = useQuery({
    queryKey: recordKey(id),
    queryFn: () => readHistory(id),
    enabled: wanted,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  return useMemo(() => ({ ...QUIET, connection: "open", timeline: data ?? [] }), [data]);
}

/** Reads state and history once more. Rejects when they cannot be read. */
export function useReadAgain(id: string): () => Promise<void> {
  const cache = useQueryClient();
  return useCallback(async () => {
    await Promise.all([refreshState(cache, id), cache.refetchQueries({ queryKey: recordKey(id) }, { throwOnError: true })]);
  }, [cache, id]);
}
