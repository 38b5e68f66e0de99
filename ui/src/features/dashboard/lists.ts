// My sessions and novels: read at once, then kept fresh by the stream of all that is mine.
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ask, client } from "@/shared/api/client";
import type { NovelPage, ProgressFrame, SessionItem, SessionPage } from "@/shared/api/types";
import { followLists } from "@/shared/live/tab";
import { withItem, withPage } from "./merge";

const SESSIONS = ["sessions"];
const NOVELS = ["novels"];

async function readSessions(cursor?: string): Promise<SessionPage> {
  return ask<SessionPage>(client.GET("/api/v1/genesis", { params: { query: cursor ? { cursor } : {} } }));
}

async function readNovels(cursor?: string): Promise<NovelPage> {
  return ask<NovelPage>(client.GET("/api/v1/novels", { params: { query: cursor ? { cursor } : {} } }));
}

export function useSessions() {
  return useQuery({ queryKey: SESSIONS, queryFn: () => readSessions(), staleTime: 0 });
}

export function useNovels() {
  return useQuery({ queryKey: NOVELS, queryFn: () => readNovels(), staleTime: 0 });
}

/** Adds the next part of a list to what is shown. */
export function useMore(which: "sessions" | "novels"): () => Promise<void> {
  const cache = useQueryClient();
  return async () => {
    if (which === "sessions") {
      const before = cache.getQueryData<SessionPage>(SESSIONS);
      if (before?.next_cursor) cache.setQueryData(SESSIONS, withPage(before, await readSessions(before.next_cursor)));
    } else {
      const before = cache.getQueryData<NovelPage>(NOVELS);
      if (before?.next_cursor) cache.setQueryData(NOVELS, withPage(before, await readNovels(before.next_cursor)));
    }
  };
}

/** Keeps both lists fresh; returns how far running work is, by session. */
export function useMyStream(): ReadonlyMap<string, ProgressFrame> {
  const cache = useQueryClient();
  const [progress, setProgress] = useState<ReadonlyMap<string, ProgressFrame>>(new Map());
  useEffect(() => {
    return followLists({
      opened: () => undefined,
      // says whether it is the network that went, or the sign-in
      lost: () => void cache.invalidateQueries({ queryKey: SESSIONS }),
      frame: (event, data) => {
        if (event === "progress") {
          const frame = data as ProgressFrame;
          setProgress((before) => new Map(before).set(frame.session_id, frame));
        } else put(cache, event, data);
      },
    });
  }, [cache]);
  return progress;
}

function put(cache: QueryClient, event: string, data: unknown): void {
  if (event === "sessions") cache.setQueryData(SESSIONS, data);
  if (event === "novels") cache.setQueryData(NOVELS, data);
  if (event === "session") {
    cache.setQueryData<SessionPage>(SESSIONS, (before) => before && withItem(before, data as SessionItem));
  }
}
