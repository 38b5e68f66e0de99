// Contents that a state leaves out because they are long: asked for when they are shown, and kept while the page is open.
// A proposal never changes, so what was had once is had for good, wherever the next state leaves it out.
import { useInfiniteQuery, useQueries, useQuery, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { ask, client } from "@/shared/api/client";
import { momentOf } from "./past/moment";
import type { Content, Feedback, FeedbackPage, Proposal, ProposalPage, SessionState, StageDetail, StageView, WholeProposal, WholeState, WorkStage } from "@/shared/api/types";
import { asText } from "@/shared/content/values";
import { TITLE_FIELD } from "@/shared/content/shapes";
import type { Asked } from "@/shared/ui/Coming";

const FOR_GOOD = { staleTime: Infinity, gcTime: Infinity, refetchOnWindowFocus: false } as const;
const MOST_AT_ONCE = 200;

const proposalKey = (session: string, id: string) => ["proposal", session, id] as const;

export function isWhole(proposal: Proposal): proposal is Proposal & WholeProposal {
  return proposal.content !== null;
}

/** Remembers what a state brings along, so that a later one may leave it out. */
export function keepContents(cache: QueryClient, state: SessionState): void {
  for (const view of state.stages) keepProposals(cache, state.session_id, view.proposals);
}

function keepProposals(cache: QueryClient, session: string, proposals: readonly Proposal[]): void {
  for (const proposal of proposals) {
    if (!isWhole(proposal)) continue;
    const key = proposalKey(session, proposal.id);
    if (cache.getQueryData(key) === undefined) cache.setQueryData(key, proposal);
  }
}

async function readProposal(session_id: string, proposal_id: string): Promise<WholeProposal> {
  return ask<WholeProposal>(
    client.GET("/api/v1/genesis/{session_id}/proposals/{proposal_id}", { params: { path: { session_id, proposal_id } } }),
  );
}

/** Asked for once, and never again. */
export function proposalQuery(session: string, id: string) {
  return { queryKey: proposalKey(session, id), queryFn: () => readProposal(session, id), ...FOR_GOOD };
}

/** A proposal with its content. `id` null: none is wanted. */
export function useWhole(state: SessionState, id: string | null): Asked<WholeProposal> {
  const shown = id === null ? undefined : shownWhole(state, id);
  const found = useQuery({
    ...proposalQuery(state.session_id, id ?? ""),
    enabled: id !== null && shown === undefined,
  });
  return { data: id === null ? null : (shown ?? found.data ?? null), failed: found.isError, again: () => void found.refetch() };
}

function shownWhole(state: SessionState, id: string): WholeProposal | undefined {
  for (const view of state.stages) {
    const found = view.proposals.find((proposal) => proposal.id === id);
    if (found) return isWhole(found) ? found : undefined;
  }
  return undefined;
}

async function readStage(session_id: string, stage: WorkStage): Promise<StageDetail> {
  return ask<StageDetail>(
    client.GET("/api/v1/genesis/{session_id}/stages/{stage}", { params: { path: { session_id, stage } } }),
  );
}

/** All of a moment, for what its small form leaves out; asked for only if that is `wanted`. */
function useThen(state: SessionState, wanted: boolean) {
  const { session_id, version } = state;
  return useQuery({
    queryKey: ["then", session_id, version],
    queryFn: () =>
      ask<WholeState>(
        client.GET("/api/v1/genesis/{session_id}/replay", { params: { path: { session_id }, query: { at_version: version } } }),
      ),
    enabled: wanted && momentOf(state) !== null,
    ...FOR_GOOD,
    gcTime: 60_000,
  }).data;
}

/** What is confirmed, of these stages; null while a part of it is on its way. */
export function useSettled(state: SessionState, stages: readonly WorkStage[]): Record<string, Content> | null {
  const missing = stages.filter((stage) => state.confirmed_data[stage] === null);
  const then = useThen(state, missing.length > 0);
  const asked = momentOf(state) === null ? missing : [];
  const found = useQueries({
    queries: asked.map((stage) => ({
      // confirming again may settle another content under the same proposal only from a program, at another version
      queryKey: ["confirmed", state.session_id, stage, confirmedKey(state, stage)],
      queryFn: () => readStage(state.session_id, stage),
      ...FOR_GOOD,
    })),
  });
  const settled: Record<string, Content> = {};
  for (const stage of stages) {
    const content = state.confirmed_data[stage] ?? found[asked.indexOf(stage)]?.data?.confirmed ?? then?.confirmed_data[stage];
    if (content) settled[stage] = content;
  }
  return missing.every((stage) => settled[stage]) ? settled : null;
}

function confirmedKey(state: SessionState, stage: WorkStage): string {
  const view = state.stages.find((found) => found.stage === stage);
  return view?.confirmed_proposal_id ?? `version ${state.version}`;
}

/** The stage with all its locks: what sends a list of locks has to know them all. */
export function useAllLocks(state: SessionState, view: StageView): StageView {
  const missing = (view.more_locked_paths ?? 0) > 0;
  const then = useThen(state, missing)?.stages.find(({ stage }) => stage === view.stage);
  const found = useQuery({
    queryKey: ["locks", state.session_id, view.stage, state.version],
    queryFn: () => readStage(state.session_id, view.stage as WorkStage),
    enabled: missing && momentOf(state) === null,
    ...FOR_GOOD,
    gcTime: 60_000,
  });
  const whole = missing ? (then ?? found.data) : undefined;
  return useMemo(() => (whole ? { ...view, locked_paths: whole.locked_paths, more_locked_paths: 0 } : view), [view, whole]);
}

/** All proposals of a stage, oldest first: those of the state, and the earlier ones once they are asked for. */
export function useEarlier(state: SessionState, view: StageView) {
  const { session_id } = state;
  const stage = view.stage;
  const found = useInfiniteQuery({
    queryKey: ["earlier", session_id, stage],
    queryFn: ({ pageParam }) =>
      ask<ProposalPage>(
        client.GET("/api/v1/genesis/{session_id}/stages/{stage}/proposals", {
          params: { path: { session_id, stage }, query: { limit: MOST_AT_ONCE, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    enabled: false,
    ...FOR_GOOD,
  });
  const earlier = found.data?.pages.flatMap(({ items }) => items) ?? [];
  // what was made after the moment that is looked at is none of it
  const newest = momentOf(state) === null ? Infinity : Math.max(0, ...view.proposals.map(({ version }) => version));
  const proposals = withEarlier(view.proposals, earlier.filter(({ version }) => version <= newest));
  return {
    proposals,
    left: Math.max(0, view.proposals.length + (view.more_proposals ?? 0) - proposals.length),
    busy: found.isFetching,
    failed: found.isError,
    more: () => void (found.data && !found.isError ? found.fetchNextPage() : found.refetch()),
  };
}

/** What the state shows, and before it what was read beside it. Oldest first. */
export function withEarlier(shown: readonly Proposal[], earlier: readonly Proposal[]): Proposal[] {
  const known = new Set(shown.map(({ id }) => id));
  return [...earlier.filter(({ id }) => !known.has(id)), ...shown].sort((one, other) => one.version - other.version);
}

/** What was said about one proposal: from the state, and the rest of it once it is asked for. */
export function useSaid(state: SessionState, view: StageView, proposalId: string) {
  const { session_id } = state;
  const stage = view.stage;
  const found = useQuery({
    queryKey: ["said", session_id, stage, proposalId],
    queryFn: () => readSaid(session_id, stage, proposalId),
    enabled: false,
    ...FOR_GOOD,
  });
  const shown = view.feedback.filter((item) => item.proposal_id === proposalId);
  const known = new Set(shown.map(({ id }) => id));
  const until = momentOf(state)?.at;
  const before = (found.data ?? []).filter(({ created_at }) => !until || Date.parse(created_at) <= Date.parse(until));
  const earlier = before.filter(({ id }) => !known.has(id));
  return {
    said: [...earlier, ...shown],
    more: (view.more_feedback ?? 0) > 0 && !found.data,
    busy: found.isFetching,
    failed: found.isError,
    ask: () => void found.refetch(),
  };
}

/** All pages of what was said about one proposal, oldest first. */
export async function readSaid(session_id: string, stage: StageView["stage"], proposal_id: string): Promise<Feedback[]> {
  const found: Feedback[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: { proposal_id: string; limit: number; cursor?: string } = { proposal_id, limit: MOST_AT_ONCE };
    if (cursor) query.cursor = cursor;
    const page: FeedbackPage = await ask<FeedbackPage>(
      client.GET("/api/v1/genesis/{session_id}/stages/{stage}/feedback", { params: { path: { session_id, stage }, query } }),
    );
    found.push(...page.items);
    cursor = page.next_cursor;
  }
  return found.reverse();
}

/** What a proposal calls itself, whether its content is here or not. */
export function titleOf(stage: WorkStage, proposal: Proposal | undefined): string {
  if (!proposal) return "";
  if (!proposal.content) return proposal.title ?? "";
  return asText(proposal.content[TITLE_FIELD[stage] ?? ""]);
}
