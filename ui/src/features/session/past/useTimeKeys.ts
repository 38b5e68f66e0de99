// What keys do with time: from now the left arrow looks back; in the past all of them go through it, and Escape leads back.
import { useMemo } from "react";
import { useKeys } from "@/shared/lib/keys";
import { useTime } from "./context";

export function useTimeKeys(): void {
  const time = useTime();
  const keys = useMemo(() => {
    const looking = {
      back: () => time.stepEvent(-1),
      stageBack: () => time.stepStage(-1),
    };
    if (time.place === null && time.refused === null) return looking;
    const toNow = () => time.go(null);
    return {
      ...looking,
      on: () => time.stepEvent(1),
      stageOn: () => time.stepStage(1),
      first: () => time.go(1),
      last: toNow,
      stop: toNow,
      play: time.play,
    };
  }, [time]);
  useKeys(keys);
}
