// Models: read, kept, tested, ended; what servers have; and who writes in a session.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, client, done } from "@/shared/api/client";
import type { AvailableModels, ModelItem, ModelList, ModelPreset, ModelRequest, ModelTest, SessionModel } from "@/shared/api/types";

const MODELS = ["models"] as const;
const OF_SESSION = ["session-model"] as const;

export type Choice = SessionModel["choice"];
/** What is changed; `api_key` null takes the key away. */
export type ModelChange = Partial<ModelRequest> & { position?: number };

export function useModels() {
  return useQuery({
    queryKey: MODELS,
    queryFn: () => ask<ModelList>(client.GET("/api/v1/models")),
    staleTime: 10_000,
  });
}

/** Where models come from; local servers are looked for each time the page asks. */
export function usePresets() {
  return useQuery({
    queryKey: ["model-presets"],
    queryFn: async () => (await ask<{ items: ModelPreset[] }>(client.GET("/api/v1/models/presets"))).items,
    staleTime: 0,
    refetchOnWindowFocus: true,
  });
}

export function useModelChanges() {
  const cache = useQueryClient();
  const after = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      await Promise.all([
        cache.invalidateQueries({ queryKey: MODELS }),
        cache.invalidateQueries({ queryKey: OF_SESSION }),
      ]);
    }
  };
  const at = (model_id: string) => ({ params: { path: { model_id } } });
  return {
    add: (body: ModelRequest) => after(ask<ModelItem>(client.POST("/api/v1/models", { body: body as never }))),
    change: (id: string, body: ModelChange) =>
      after(ask<ModelItem>(client.PATCH("/api/v1/models/{model_id}", { ...at(id), body: body as never }))),
    remove: (id: string) => after(done(client.DELETE("/api/v1/models/{model_id}", at(id)))),
    test: (id: string) => after(ask<ModelTest>(client.POST("/api/v1/models/{model_id}/test", at(id)))),
  };
}

interface Server {
  preset: ModelPreset["name"];
  base_url: string | null;
  api_key: string | null;
  model_id: string | null;
}

/** The models that a server has. Throws Problem. */
export function availableModels(server: Server): Promise<AvailableModels> {
  return ask<AvailableModels>(client.POST("/api/v1/models/available", { body: server as never }));
}

export function useSessionModel(session_id: string) {
  const cache = useQueryClient();
  const key = [...OF_SESSION, session_id];
  const found = useQuery({
    queryKey: key,
    queryFn: () => ask<SessionModel>(client.GET("/api/v1/genesis/{session_id}/model", { params: { path: { session_id } } })),
    staleTime: 10_000,
  });
  const choose = async (choice: Choice) => {
    const asked = client.PUT("/api/v1/genesis/{session_id}/model", { params: { path: { session_id } }, body: { choice } });
    cache.setQueryData(key, await ask<SessionModel>(asked));
  };
  return { ...found, choose };
}
