// A project with its contents: read, kept fresh by what moves, and changed by commands that are shown when they are done.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { BookContents, Project, ProjectAnswer, ProjectCommand } from "@/shared/api/types";
import { contentsKey, projectKey, readContents, readProject, sendProjectCommand, useMoves, type Move } from "@/shared/projects/projects";

type Said<C extends ProjectCommand = ProjectCommand> = C extends { project_id: string } ? Omit<C, "project_id"> : never;

export interface Contents {
  project: Project | undefined;
  /** What is proposed for them, and found in them; undefined until it has been read. */
  report: BookContents | undefined;
  failed: boolean;
  busy: boolean;
  problem: Problem | null;
  dismiss: () => void;
  /** Null: it was refused, or nobody answered; what went wrong is in `problem`. */
  give: (command: Said) => Promise<ProjectAnswer | null>;
}

export function useContents(id: string): Contents {
  const cache = useQueryClient();
  const found = useQuery({ queryKey: projectKey(id), queryFn: () => readProject(id), staleTime: 0 });
  const report = useQuery({ queryKey: contentsKey(id), queryFn: () => readContents(id), staleTime: 0 });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const chapters = found.data?.contents;
  useMoves(
    useCallback(
      (move: Move | null) => {
        const shown = move === null || move.id === id || chapters?.some((entry) => entry.id === move.id);
        if (!shown) return;
        void cache.invalidateQueries({ queryKey: projectKey(id) });
        if (move === null || move.id === id) void cache.invalidateQueries({ queryKey: contentsKey(id) });
      },
      [cache, chapters, id],
    ),
  );
  const give = useCallback(
    async (command: Said) => {
      setBusy(true);
      setProblem(null);
      try {
        const answer = await sendProjectCommand({ ...command, project_id: id });
        const [project, report] = await Promise.all([readProject(id, answer.version), readContents(id, answer.version)]);
        // what moved meanwhile may have been read already: an older answer does not take its place
        cache.setQueryData(projectKey(id), (had?: Project) => (had && had.version > project.version ? had : project));
        cache.setQueryData(contentsKey(id), (had?: BookContents) => (had && had.version > report.version ? had : report));
        return answer;
      } catch (error) {
        setProblem(asProblem(error));
        return null;
      } finally {
        setBusy(false);
      }
    },
    [cache, id],
  );
  return { project: found.data, report: report.data, failed: found.isError, busy, problem, dismiss: () => setProblem(null), give };
}
