// A session's state and its stream: one query that the stream keeps fresh, one reducer for the rest.
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useReducer } from "react";
import { ask, client } from "@/shared/api/client";
import type { DraftFrame, DraftPieceFrame, ProgressFrame, SessionState, TimelineEntry } from "@/shared/api/types";
import { clientId } from "@/shared/lib/clientId";
import { followSession } from "@/shared/live/tab";
import { keepContents } from "./contents";
import { listen, QUIET, seenFrom, type Frame, type Live, type Presence } from "./live";

const key = (id: string) => ["session", id] as const;

async function readState(id: string, minVersion = 0): Promise<SessionState> {
  return ask<SessionState>(
    client.GET("/api/v1/genesis/{session_id}/state/compact", {
      params: { path: { session_id: id }, query: { min_version: minVersion } },
    }),
  );
}

/** `minVersion`: what the writer did just before coming here is waited for. */
export function useSessionState(id: string, minVersion: number) {
  const cache = useQueryClient();
  return useQuery({
    queryKey: key(id),
    // the stream may have brought a newer one meanwhile
    queryFn: async () => {
      const state = await readState(id, minVersion);
      keepContents(cache, state);
      return newer(cache.getQueryData<SessionState>(key(id)), state);
    },
    refetchOnWindowFocus: false,
  });
}

function newer(before: SessionState | undefined, after: SessionState): SessionState {
  return before && before.version > after.version ? before : after;
}

export function putState(cache: QueryClient, id: string, state: SessionState): void {
  keepContents(cache, state);
  cache.setQueryData<SessionState>(key(id), (before) => newer(before, state));
}

export function stateNow(cache: QueryClient, id: string): SessionState | undefined {
  return cache.getQueryData<SessionState>(key(id));
}

/** Until the page shows at least `version`: what the writer did is seen by the writer. */
export async function untilShown(cache: QueryClient, id: string, version: number): Promise<void> {
  const shown = cache.getQueryData<SessionState>(key(id));
  if (shown && shown.version >= version) return;
  putState(cache, id, await readState(id, version));
}

/** When the state that is shown was read or brought; null: there is none. */
export function shownSince(cache: QueryClient, id: string): string | null {
  const at = cache.getQueryState(key(id))?.dataUpdatedAt;
  return at ? new Date(at).toISOString() : null;
}

export async function refreshState(cache: QueryClient, id: string): Promise<void> {
  putState(cache, id, await readState(id));
}

/** `wanted`: the session is one's own; others' are not streamed. */
export function useLive(id: string, wanted: boolean): Live {
  const cache = useQueryClient();
  const [live, hear] = useReducer((before: Live, frame: Frame) => listen(before, frame, Date.now()), QUIET);
  useEffect(() => {
    if (!wanted) return;
    return followSession(id, {
      opened: () => hear({ event: "opened" }),
      lost: () => {
        hear({ event: "lost" });
        // says whether it is the network, the sign-in or the session that went
        void refreshState(cache, id).catch(() => undefined);
      },
      frame: (event, data) => {
        if (event === "state") putState(cache, id, data as SessionState);
        else if (event === "timeline") hear({ event, data: data as TimelineEntry });
        else if (event === "progress") hear({ event, data: data as ProgressFrame });
        else if (event === "draft") hear({ event, data: data as DraftFrame });
        else if (event === "draft_piece") hear({ event, data: data as DraftPieceFrame });
        else if (event === "presence") hear({ event, data: { clients: seenFrom(clientId(), (data as Presence).clients) } });
        else if (event === "gone") void refreshState(cache, id).catch(() => undefined);
        else if (event === "reset") hear({ event });
      },
    });
  }, [cache, id, wanted]);
  return live;
}
