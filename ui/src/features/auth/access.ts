// Where I am signed in, and my tokens: read, ended, made. And a new password.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, client, done } from "@/shared/api/client";
import type { Access, NewToken } from "@/shared/api/types";

const KEY = ["access"] as const;

export type Scope = "read" | "write" | "metrics";
export const SCOPES: readonly Scope[] = ["read", "write", "metrics"];

export function useAccess() {
  return useQuery({
    queryKey: KEY,
    queryFn: async () => (await ask<{ items: Access[] }>(client.GET("/api/v1/auth/sessions"))).items,
    staleTime: 0,
  });
}

export function useAccessChanges() {
  const cache = useQueryClient();
  const after = async <T>(work: Promise<T>): Promise<T> => {
    const made = await work;
    await cache.invalidateQueries({ queryKey: KEY });
    return made;
  };
  return {
    /** Ends one browser's session, or one token. Throws Problem. */
    end: (id: string) => after(done(client.DELETE("/api/v1/auth/sessions/{id}", { params: { path: { id } } }))),
    endOthers: () => after(done(client.DELETE("/api/v1/auth/sessions"))),
    make: (label: string, scopes: Scope[], days: number) =>
      after(ask<NewToken>(client.POST("/api/v1/auth/tokens", { body: { label, scopes, expires_in_days: days } }))),
    password: async (current: string | null, next: string) => {
      await after(done(client.POST("/api/v1/auth/password", { body: { current_password: current, new_password: next } })));
      await cache.invalidateQueries({ queryKey: ["me"] });
    },
  };
}
