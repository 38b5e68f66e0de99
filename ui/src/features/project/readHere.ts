// Which of a query's data a page may begin with. Pure.
import type { QueryObserverResult } from "@tanstack/react-query";

/** What this page has read itself: a page of the same chapter that is just being left may have an older text. Without a
 * network there is nothing newer to be had. */
export function readHere<T>(found: Pick<QueryObserverResult<T>, "data" | "isFetchedAfterMount" | "fetchStatus">): T | undefined {
  return found.isFetchedAfterMount || found.fetchStatus === "paused" ? found.data : undefined;
}
