// Who is signed in. null: nobody. A tab remembers who it was, so that it can say that a sign-in has ended.
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ask, client, onSignedOut } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { Me } from "@/shared/api/types";
import { onSignedOutElsewhere, tellSignedOut } from "@/shared/live/signOut";
import { forgetStored, NEW_GENESIS } from "@/shared/lib/useStored";

const KEY = ["me"] as const;
const LAST = "genesis:signed-in";

interface Last {
  id: string;
  name: string;
}

/** Who was signed in in this tab when it was not this browser that ended it; null: nobody, or they signed out here. */
export function lastSignedIn(): Last | null {
  try {
    return JSON.parse(sessionStorage.getItem(LAST) ?? "null") as Last | null;
  } catch {
    return null;
  }
}

function remember(me: Me | null): void {
  try {
    if (me === null) sessionStorage.removeItem(LAST);
    else sessionStorage.setItem(LAST, JSON.stringify({ id: me.id, name: me.name }));
  } catch {
    // without a store the page does not know why nobody is signed in, nothing more
  }
}

async function whoAmI(): Promise<Me | null> {
  try {
    const me = await ask<Me>(client.GET("/api/v1/auth/me"));
    remember(me);
    return me;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

export function useMe() {
  const cache = useQueryClient();
  useEffect(() => onSignedOut(() => cache.setQueryData(KEY, null)), [cache]);
  useEffect(() => onSignedOutElsewhere(leaveHere), []);
  return useQuery({ queryKey: KEY, queryFn: whoAmI, staleTime: 5 * 60_000, refetchOnWindowFocus: (query) => query.state.data === null });
}

/** Signs this browser in. What another account left goes; the page stays where it is. Throws Problem. */
export async function signIn(cache: QueryClient, name: string, password: string): Promise<void> {
  const me = await ask<Me>(client.POST("/api/v1/auth/login", { body: { name, password } }), { quiet401: true });
  cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
  const before = lastSignedIn();
  if (before !== null && before.id !== me.id) forgetStored(NEW_GENESIS);
  remember(me);
  cache.setQueryData(KEY, me);
}

/** Ends this browser's session; the page starts afresh, so nothing of it stays in memory. */
export async function signOut(): Promise<void> {
  await client.POST("/api/v1/auth/logout");
  tellSignedOut();
  remember(null);
  window.location.assign("/");
}

/** Another tab ended the session: this one, too, starts afresh, where it is. */
function leaveHere(): void {
  remember(null);
  window.location.reload();
}
