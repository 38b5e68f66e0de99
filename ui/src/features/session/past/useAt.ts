// The moment in the address, and going to another: at once on the page, shortly after in the address. Browsers refuse to
// change an address many times a second, as a slider or a player would.
import { useCallback, useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { withAt } from "./address";

const WRITTEN_AFTER_MS = 200;

/** `go(null)`: back to now. `anew`: the stage that was looked at is let go. */
export function useAt(): [said: string | null, go: (said: string | null, anew?: boolean) => void] {
  const [search, setSearch] = useSearchParams();
  const address = search.get("at");
  const [said, setSaid] = useState(address);
  const written = useRef(address);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (address === written.current) return;
    // a link, or the browser's own buttons
    clearTimeout(timer.current);
    written.current = address;
    setSaid(address);
  }, [address]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const write = useRef(setSearch);
  useEffect(() => {
    write.current = setSearch;
  }, [setSearch]);
  const go = useCallback((to: string | null, anew = false) => {
    setSaid(to);
    clearTimeout(timer.current);
    const page = window.location.pathname;
    const put = () => {
      // a branch was begun meanwhile: the moment is not one of the session that is on its way
      if (window.location.pathname !== page) return;
      written.current = to;
      write.current(
        (before) => {
          const after = withAt(before, to);
          if (anew) after.delete("stage");
          return after;
        },
        { replace: true, preventScrollReset: true },
      );
    };
    if (to === null || anew) put();
    else timer.current = setTimeout(put, WRITTEN_AFTER_MS);
  }, []);
  return [said, go];
}
