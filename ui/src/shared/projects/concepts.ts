// Ideas for a book that begins from a keyword: begun once, read as they come, told when they move.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ask, client, untilAnswered } from "@/shared/api/client";
import type { BookConcepts, IdeasDraftFrame, InitiationAnswer, InitiationRequest } from "@/shared/api/types";
import { followLists } from "@/shared/live/tab";

export function conceptsKey(id: string): string[] {
  return ["concepts", id];
}

export function readConcepts(id: string, version = 0): Promise<BookConcepts> {
  const params = { path: { project_id: id }, query: { min_version: version } };
  return ask<BookConcepts>(client.GET("/api/v1/projects/{project_id}/concepts", { params }));
}

/** `request.command_id` makes it safe to send again. */
export function initiate(request: InitiationRequest): Promise<InitiationAnswer> {
  return untilAnswered(() => ask<InitiationAnswer>(client.POST("/api/v1/projects/initiate", { body: request })));
}

/** What came of this project's keyword, kept fresh; nothing is asked where `asked` says that there is none. */
export function useConcepts(id: string, asked: boolean) {
  const cache = useQueryClient();
  useEffect(() => {
    const again = () => void cache.invalidateQueries({ queryKey: conceptsKey(id) });
    return followLists({
      opened: again,
      lost: () => undefined,
      frame: (event, data) => {
        if (event === "concepts" && (data as { project_id: string }).project_id === id) again();
      },
    });
  }, [cache, id]);
  return useQuery({ queryKey: conceptsKey(id), queryFn: () => readConcepts(id), staleTime: 0, enabled: asked });
}

/** The step of this job that is being made just now, as it grows; null: nothing of it has come here yet. */
export function useStepSoFar(projectId: string, jobId: string): IdeasDraftFrame | null {
  const [last, setLast] = useState<IdeasDraftFrame | null>(null);
  useEffect(() => {
    return followLists({
      opened: () => undefined,
      lost: () => undefined,
      frame: (event, data) => {
        if (event !== "ideas_draft") return;
        const said = data as IdeasDraftFrame;
        if (said.project_id === projectId) setLast((before) => (before && before.correlation_id === said.correlation_id && before.seq > said.seq ? before : said));
      },
    });
  }, [projectId]);
  return last?.correlation_id === jobId ? last : null;
}
