// The same function for as long as a component lives, so that what it is given to need not be drawn anew.
import { useCallback, useEffect, useRef } from "react";

/** Does what the newest `act` does. For what happens after drawing: it must not be called while drawing. */
export function useStable<Given extends unknown[], Answer>(act: (...given: Given) => Answer): (...given: Given) => Answer {
  const newest = useRef(act);
  useEffect(() => {
    newest.current = act;
  });
  return useCallback((...given) => newest.current(...given), []);
}
