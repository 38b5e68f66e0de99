// Whether a page shows where its texts came from: kept in its address, so that a reload and a copied address show the same.
import { useCallback } from "react";
import { useLocation, useSearchParams } from "react-router";

const NAME = "origins";

export function useOriginsShown(): [shown: boolean, toggle: () => void] {
  const [search, setSearch] = useSearchParams();
  const { state } = useLocation() as { state: unknown };
  const toggle = useCallback(
    () =>
      setSearch(
        (before) => {
          const after = new URLSearchParams(before);
          if (after.has(NAME)) after.delete(NAME);
          else after.set(NAME, "1");
          return after;
        },
        { replace: true, state },
      ),
    [setSearch, state],
  );
  return [search.has(NAME), toggle];
}
