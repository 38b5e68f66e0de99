// A session as it was: asked for once, kept for a while, the moments beside it fetched before they are asked for.
import { queryOptions, replaceEqualDeep, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { ask, client } from "@/shared/api/client";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { SessionState } from "@/shared/api/types";
import { keepContents } from "../contents";
import { outside, readAt, type At } from "./address";

const KEPT_MS = 120_000;

function pastQuery(id: string, at: At, keep: (state: SessionState) => void) {
  return queryOptions({
    queryKey: ["past", id, at.said],
    queryFn: async ({ signal }) => {
      const query = at.version === null ? { at: at.said } : { at_version: at.version };
      const state = await ask<SessionState>(
        client.GET("/api/v1/genesis/{session_id}/replay/compact", { params: { path: { session_id: id }, query }, signal }),
      );
      keep(state);
      return state;
    },
    staleTime: Infinity, // what was never changes
    gcTime: KEPT_MS,
    refetchOnWindowFocus: false,
  });
}

export interface PastState {
  /** What is shown: this moment, or while it is on its way the one before it. Null: none of the past yet. */
  state: SessionState | null;
  loading: boolean;
  problem: Problem | null;
  again: () => void;
}

/** `at` null: the past is not looked at. `now`: what is shown until then. */
export function usePastState(id: string, at: At | null, now: SessionState): PastState {
  const cache = useQueryClient();
  const shown = useRef<SessionState | null>(null);
  const asked = at ?? { said: "", version: 1 };
  const found = useQuery({ ...pastQuery(id, asked, (state) => keepContents(cache, state)), enabled: at !== null });
  // what two moments have in common is the same object in both, and need not be drawn anew
  const before = useRef(now);
  const come = useMemo(() => found.data && replaceEqualDeep(shown.current ?? before.current, found.data), [found.data]);
  useEffect(() => {
    before.current = now;
  }, [now]);
  useEffect(() => {
    if (at === null) shown.current = null;
    else if (come) shown.current = come;
  });
  const { refetch } = found;
  const again = useCallback(() => void refetch(), [refetch]);
  if (at === null) return { state: null, loading: false, problem: null, again };
  return {
    state: come ?? (found.isError ? null : shown.current),
    loading: found.data === undefined && !found.isError,
    problem: found.isError ? asProblem(found.error) : null,
    again,
  };
}

/** A link to a moment: it is asked for beside the state of now, not after it. `said` is what the address names. */
export function useOpenedAt(id: string, said: string | null): void {
  const cache = useQueryClient();
  const first = useRef(said); // only as the page is opened
  useEffect(() => {
    const at = readAt(first.current);
    if (at === null || outside(at, Infinity, Date.now()) !== null) return;
    void cache.prefetchQuery(pastQuery(id, at, (state) => keepContents(cache, state)));
  }, [cache, id]);
}

/** Has the moments ready that a reader is likely to go to next. */
export function useAhead(id: string, versions: readonly number[]): void {
  const cache = useQueryClient();
  const wanted = versions.join(" ");
  useEffect(() => {
    if (wanted === "") return;
    for (const version of wanted.split(" ")) {
      const at = { said: version, version: Number(version) };
      void cache.prefetchQuery(pastQuery(id, at, (state) => keepContents(cache, state)));
    }
  }, [cache, id, wanted]);
}
