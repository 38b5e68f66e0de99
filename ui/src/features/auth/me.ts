// Who is signed in. null: nobody.
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ask, client, onSignedOut } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { Me } from "@/shared/api/types";

const KEY = ["me"] as const;

async function whoAmI(): Promise<Me | null> {
  try {
    return await ask<Me>(client.GET("/api/v1/auth/me"));
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

export function useMe() {
  const cache = useQueryClient();
  useEffect(() => onSignedOut(() => cache.setQueryData(KEY, null)), [cache]);
  return useQuery({ queryKey: KEY, queryFn: whoAmI, staleTime: 5 * 60_000, refetchOnWindowFocus: (query) => query.state.data === null });
}

/** Signs this browser in. What another account left in memory goes; the page stays where it is. Throws Problem. */
export async function signIn(cache: QueryClient, name: string, password: string): Promise<void> {
  const me = await ask<Me>(client.POST("/api/v1/auth/login", { body: { name, password } }), { quiet401: true });
  cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
  cache.setQueryData(KEY, me);
}

/** Ends this browser's session; the page starts afresh, so nothing of it stays in memory. */
export async function signOut(): Promise<void> {
  await client.POST("/api/v1/auth/logout");
  window.location.assign("/");
}
