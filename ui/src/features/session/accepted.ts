// Whether what a stage has accepted is a proposal's text. Pure.
import type { Content, Proposal, StageView } from "@/shared/api/types";

/** Whether `accepted` is no proposal's, or another text than its proposal's. `accepted` null: it was left out as too long. */
export function differs(view: StageView, proposals: readonly Proposal[], accepted: Content | null): boolean {
  if (view.confirmed_proposal_id === null) return true;
  const named = proposals.find(({ id }) => id === view.confirmed_proposal_id)?.content;
  // where either text is not at hand it is taken for the proposal's, as it is but for programs that give both
  return named !== undefined && named !== null && accepted !== null && !sameValue(named, accepted);
}

function sameValue(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const left = Object.entries(one);
  const right = other as Record<string, unknown>;
  return left.length === Object.keys(other).length && left.every(([key, value]) => key in right && sameValue(value, right[key]));
}
