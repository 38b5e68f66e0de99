// An event of the history in words.
import { useCallback } from "react";
import type { TimelineEntry } from "@/shared/api/types";
import { useMaybe } from "@/shared/i18n/i18n";

export function useEventText(): (entry: TimelineEntry) => string {
  const maybe = useMaybe();
  return useCallback(
    (entry) => {
      const kind = entry.data["kind"];
      const which = kind === "refinement" || kind === "agreement" ? `.${kind}` : "";
      return maybe(`timeline.${entry.event_type}${which}`, entry.event_type, {
        stage: entry.stage ? maybe(`stage.${entry.stage}`, entry.stage) : "",
        n: Number(entry.data["count"] ?? 1),
      });
    },
    [maybe],
  );
}

/** The event of a version, which is its place in the history: the list begins with the first one and has no gaps. */
export function entryAt(history: readonly TimelineEntry[], version: number): TimelineEntry | null {
  const found = history[version - 1];
  if (found?.version === version) return found;
  return history.find((entry) => entry.version === version) ?? null;
}
