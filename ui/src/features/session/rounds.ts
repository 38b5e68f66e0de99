// Proposals in rounds: what came in one moment belongs together. Pure.
import type { Proposal } from "@/shared/api/types";

/** Newest round first; within a round in the order in which they were proposed. */
export function rounds(proposals: readonly Proposal[]): Proposal[][] {
  const found: Proposal[][] = [];
  for (const proposal of proposals) {
    const last = found.at(-1);
    if (last?.[0]?.created_at === proposal.created_at) last.push(proposal);
    else found.push([proposal]);
  }
  return found.reverse();
}

/** The shortlist after one concept was switched; null when a rule of one to three forbids it. */
export function toggleShortlist(shortlist: readonly string[], id: string): string[] | null {
  const next = shortlist.includes(id) ? shortlist.filter((other) => other !== id) : [...shortlist, id];
  return next.length >= 1 && next.length <= 3 ? next : null;
}
