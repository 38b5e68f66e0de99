// Who is signed in. null: nobody.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ask, client, onSignedOut } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { Me } from "@/shared/api/types";

const KEY = ["me"];

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

/** Ends this browser's session; the page starts afresh, so nothing of it stays in memory. */
export async function signOut(): Promise<void> {
  await client.POST("/api/v1/auth/logout");
  window.location.assign("/");
}
