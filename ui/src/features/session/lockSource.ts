// Which locks show on a proposal: those whose kept text is the one that stands in it. Pure.
import type { Content, StageView, TimelineEntry } from "@/shared/api/types";
import { valueAt } from "@/shared/content/pointer";

/** The proposal whose text the locks of a stage keep; an edit of that very proposal takes its place. */
export function lockSource(timeline: readonly TimelineEntry[], stage: string): string | null {
  let source: string | null = null;
  for (const { event_type, data, stage: of } of timeline) {
    if (of !== stage) continue;
    const id = typeof data["proposal_id"] === "string" ? data["proposal_id"] : null;
    if (event_type === "LocksChanged") source = id ?? source;
    const edited = event_type === "ContentEdited" || event_type === "ContentCorrected";
    if (edited && data["revision_of"] === source && source !== null) source = id ?? source;
  }
  return source;
}

/** `content`: of the proposal; `kept`: of the one whose text is kept, null where it is not known. */
export function locksShownOn(content: Content, kept: Content | null, view: StageView): readonly string[] {
  if (kept === null) return view.locked_paths;
  const same = (path: string) => JSON.stringify(valueAt(kept, path)) === JSON.stringify(valueAt(content, path));
  return view.locked_paths.filter(same);
}
