// Looking at a moment of a session: which, what it looked like, and the ways to another. What happens meanwhile goes on
// underneath: it makes the history longer, and moves nobody.
import { useCallback, useEffect, useMemo, useState } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import type { SessionState, TimelineEntry } from "@/shared/api/types";
import { outside, readAt } from "./address";
import type { Time } from "./context";
import { asOf, type ShownState } from "./moment";
import { useAhead, usePastState } from "./pastState";
import { pauseFor, placed, stageStarts, stepEvents, stepStages, type Place, type Speed } from "./steps";
import { useAt } from "./useAt";
import { entryAt } from "./useEventText";

export interface Travel {
  time: Time;
  /** The state of the moment; null: now is shown. */
  past: ShownState | null;
  /** The page was opened at a moment that is on its way: there is nothing to show yet. */
  opening: boolean;
}

/** Why the studio did not show a moment: it is no time at all, it lies before the beginning, or it could not be asked. */
function refusal(status: number | null): "noTime" | "before" | "failed" | null {
  if (status === null) return null;
  return status === 404 ? "before" : status === 400 ? "noTime" : "failed";
}

export function useTravel(id: string, now: SessionState, history: readonly TimelineEntry[]): Travel {
  const { t } = useI18n();
  const [said, setSaid] = useAt();
  const [opening, setOpening] = useState(said !== null);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>(1);
  const head = Math.max(now.version, history.at(-1)?.version ?? 0);
  const at = useMemo(() => readAt(said), [said]);
  const off = at === null ? null : outside(at, head, Date.now());
  const within = at !== null && off === null;
  const found = usePastState(id, within ? at : null, now);
  const why = off ?? refusal(found.problem?.status ?? null);
  const refused = at !== null && why !== null ? t(`past.${why}`, { said: at.said, n: head }) : null;
  const state = refused === null ? found.state : null;
  const place: Place = refused !== null || at === null ? null : (at.version ?? state?.version ?? null);
  const shownAt = state === null ? null : (entryAt(history, state.version)?.occurred_at ?? null);
  const past = useMemo(() => (state === null ? null : asOf(state, shownAt)), [state, shownAt]);

  // only at first: who comes from now goes on seeing it until the moment has come
  const come = past !== null || refused !== null || at === null;
  useEffect(() => {
    if (come) setOpening(false);
  }, [come]);

  const starts = useMemo(() => stageStarts(history), [history]);
  const travel = useCallback(
    (to: Place, anew = false) => {
      setPlaying(false);
      setSaid(to === null ? null : String(to), anew);
    },
    [setSaid],
  );
  const play = useCallback(() => {
    if (head < 2) return;
    if (place === null && !playing) setSaid("1", true);
    setPlaying(!playing);
  }, [head, place, playing, setSaid]);

  const { loading, again } = found;
  useEffect(() => {
    if (!playing || loading || place === null) return;
    const next = placed(place + 1, head);
    const pause = pauseFor(entryAt(history, place)?.occurred_at, entryAt(history, place + 1)?.occurred_at, speed);
    const timer = setTimeout(() => {
      if (next === null) setPlaying(false);
      setSaid(next === null ? null : String(next));
    }, pause);
    return () => clearTimeout(timer);
  }, [playing, loading, place, head, history, speed, setSaid]);

  const beside = place === null || loading ? [] : (playing ? [place + 1, place + 2] : [place - 1, place + 1]);
  useAhead(id, beside.filter((version) => version >= 1 && version < head));

  const time = useMemo<Time>(
    () => ({
      place,
      head,
      history,
      loading,
      refused,
      again: why === "failed" ? again : null,
      go: (to) => travel(to === null ? null : placed(to, head)),
      stepEvent: (by) => travel(stepEvents(place, head, by)),
      stepStage: (by) => travel(stepStages(place, head, starts, by), true),
      playing,
      speed,
      play,
      setSpeed,
    }),
    [place, head, history, loading, refused, why, again, travel, starts, playing, speed, play],
  );
  return { time, past, opening: opening && !come };
}
