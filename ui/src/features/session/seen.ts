// What a writer had in sight when they began, and whether what happened since touches it. Pure.
import type { Proposal, SessionState, StageView } from "@/shared/api/types";

/** A stage as it was when the writer began on it. */
export interface Seen {
  version: number;
  /** Of the newest proposal that was shown: what is older and comes to light later is nothing new. */
  newest?: number;
  proposals: readonly string[];
  confirmed: string | null;
  locked: readonly string[];
  shortlist: readonly string[];
}

export function seenOf(state: SessionState, stage: string): Seen {
  const view = state.stages.find((found) => found.stage === stage);
  return {
    version: state.version,
    newest: Math.max(0, ...(view?.proposals.map(({ version }) => version) ?? [])),
    proposals: view?.proposals.map(({ id }) => id) ?? [],
    confirmed: view?.confirmed_proposal_id ?? null,
    locked: view?.locked_paths ?? [],
    shortlist: view?.shortlist ?? [],
  };
}

/** What a command is about to do: save a text, answer one (accept it, or say what should change), set locks or the shortlist. */
export type Aim = "content" | "accept" | "words" | "locks" | "shortlist";

/** Whether what stands now differs, where the writer's hand was, from what they saw. `proposalId` null: a text of their own. */
export function touches(seen: Seen, now: StageView, aim: Aim, proposalId: string | null): boolean {
  if (aim === "shortlist") return !sameList(seen.shortlist, now.shortlist);
  // whoever answers a text is bothered by another text only
  const answers = aim === "accept" || aim === "words";
  if (!answers && !sameList(seen.locked, now.locked_paths)) return true;
  if (aim === "locks") return false;
  return seen.confirmed !== now.confirmed_proposal_id || newest(seen, now, proposalId) !== null;
}

/** What stands now beside the writer's own: what others made of the same text, else what they confirmed. */
export function standing(seen: Seen, now: StageView, proposalId: string | null): Proposal | null {
  const confirmed = seen.confirmed === now.confirmed_proposal_id ? null : now.confirmed_proposal_id;
  return newest(seen, now, proposalId) ?? now.proposals.find(({ id }) => id === (confirmed ?? proposalId)) ?? null;
}

function newest(seen: Seen, now: StageView, proposalId: string | null): Proposal | null {
  const known = new Set(seen.proposals);
  const fresh = now.proposals.filter(({ id, version }) => !known.has(id) && version > (seen.newest ?? 0));
  const found = proposalId === null ? fresh.filter(({ origin }) => origin !== "ai") : descendants(fresh, proposalId);
  return found.at(-1) ?? null;
}

function descendants(proposals: readonly Proposal[], root: string): Proposal[] {
  const family = new Set([root]);
  return proposals.filter(({ id, revision_of }) => {
    if (revision_of === null || revision_of === undefined || !family.has(revision_of)) return false;
    family.add(id);
    return true;
  });
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && [...one].sort().join("\n") === [...other].sort().join("\n");
}
