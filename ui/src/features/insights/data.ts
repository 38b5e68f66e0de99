// The figures of the page, and the cases that each was counted from.
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ask, client } from "@/shared/api/client";
import type { components, operations } from "@/shared/api/schema";

type Schemas = components["schemas"];
export type Summary = Schemas["Summary"];
export type StageFigures = Schemas["StageFigures"];
export type ModelFigures = Schemas["ModelFigures"];
export type Spread = Schemas["Spread"];
export type Cost = Schemas["Cost"];
export type Funnel = Schemas["Funnel"];
export type Cause = Schemas["Cause"];
export type Case = Schemas["Case"];

/** Whose figures of which time, as the interface takes it. */
export interface Asked {
  scope: "own" | "all";
  from?: string;
  to?: string;
  zone?: string;
}

/** Which cases: what was counted, and what narrows it. */
export type CasesOf = Omit<NonNullable<operations["analytics_cases"]["parameters"]["query"]>, keyof Asked | "cursor" | "limit">;

const FRESH = 30_000;

export function useFigures(asked: Asked) {
  return useQuery({
    queryKey: ["insights", asked],
    queryFn: async () => {
      const params = { params: { query: asked } };
      const [summary, stages, models, funnel, causes] = await Promise.all([
        ask<Summary>(client.GET("/api/v1/analytics/summary", params)),
        ask<Schemas["ByStage"]>(client.GET("/api/v1/analytics/stages", params)),
        ask<Schemas["ByModel"]>(client.GET("/api/v1/analytics/models", params)),
        ask<Funnel>(client.GET("/api/v1/analytics/funnel", params)),
        ask<Schemas["Causes"]>(client.GET("/api/v1/analytics/causes", params)),
      ]);
      return { summary, stages: stages.items, models: models.items, funnel, causes: causes.items };
    },
    staleTime: FRESH,
    placeholderData: keepPreviousData,
  });
}

export type Figures = NonNullable<ReturnType<typeof useFigures>["data"]>;

export function useCases(asked: Asked, cases: CasesOf) {
  return useInfiniteQuery({
    queryKey: ["insights", "cases", asked, cases],
    queryFn: ({ pageParam }) =>
      ask<Schemas["Cases"]>(
        client.GET("/api/v1/analytics/cases", {
          params: { query: { ...asked, ...cases, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}
