// Projects and chapters as the page asks for them: read at a version, told when they move, commanded until answered.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { followLists } from "@/shared/live/tab";
import { ask, client, newCommandId, untilAnswered } from "@/shared/api/client";
import type {
  BookContents,
  Chapter,
  ChapterAnswer,
  ChapterCommand,
  ChapterDraftFrame,
  ProgressFrame,
  ChapterProse,
  DraftEstimate,
  Continuity,
  Project,
  ProjectAnswer,
  ProjectCommand,
  ProjectPage,
  StaleBook,
} from "@/shared/api/types";

const LIST = ["projects"];

export function projectKey(id: string): string[] {
  return ["project", id];
}

export function contentsKey(id: string): string[] {
  return ["contents", id];
}

/** What is proposed for the contents of a book, and what is found in them. */
export function readContents(id: string, version = 0): Promise<BookContents> {
  const params = { path: { project_id: id }, query: { min_version: version } };
  return ask<BookContents>(client.GET("/api/v1/projects/{project_id}/contents", { params }));
}

export function readProject(id: string, version = 0): Promise<Project> {
  const params = { path: { project_id: id }, query: { min_version: version } };
  return ask<Project>(client.GET("/api/v1/projects/{project_id}", { params }));
}

export function readChapter(id: string, chapterId: string, version = 0): Promise<Chapter> {
  const params = { path: { project_id: id, chapter_id: chapterId }, query: { min_version: version } };
  return ask<Chapter>(client.GET("/api/v1/projects/{project_id}/chapters/{chapter_id}", { params }));
}

/** How a chapter reads, at this version of it or a later one. */
export function readProse(id: string, chapterId: string, version: number): Promise<ChapterProse> {
  const params = { path: { project_id: id, chapter_id: chapterId }, query: { min_version: version } };
  return ask<ChapterProse>(client.GET("/api/v1/projects/{project_id}/chapters/{chapter_id}/prose", { params }));
}

/** What a draft would cost, were it asked for now. */
export function readDraftEstimate(id: string, chapterId: string, words: number, writer: "muse" | null, critique = false): Promise<DraftEstimate> {
  const params = { path: { project_id: id, chapter_id: chapterId }, query: writer ? { words, writer, critique } : { words, critique } };
  return ask<DraftEstimate>(client.GET("/api/v1/projects/{project_id}/chapters/{chapter_id}/estimate", { params }));
}

/** The check of the book: its findings, without the facts. */
export function readContinuity(id: string): Promise<Continuity> {
  const params = { path: { project_id: id }, query: { facts: false } };
  return ask<Continuity>(client.GET("/api/v1/projects/{project_id}/continuity", { params }));
}

/** The chapters that rest on something that has changed. */
export function readStale(id: string): Promise<StaleBook> {
  return ask<StaleBook>(client.GET("/api/v1/projects/{project_id}/stale", { params: { path: { project_id: id } } }));
}

export function sendProjectCommand(command: ProjectCommand, id = newCommandId()): Promise<ProjectAnswer> {
  // as in client.ts: a field whose only value is null is lost in the type
  const body = { ...command, command_id: id } as never;
  return untilAnswered(() => ask<ProjectAnswer>(client.POST("/api/v1/projects/commands", { body })));
}

export function sendChapterCommand(command: ChapterCommand, id = newCommandId()): Promise<ChapterAnswer> {
  const body = { ...command, command_id: id } as never;
  return untilAnswered(() => ask<ChapterAnswer>(client.POST("/api/v1/chapters/commands", { body })));
}

/** My projects, the last changed first; kept fresh. */
export function useProjects() {
  const cache = useQueryClient();
  useMoves(useCallback(() => void cache.invalidateQueries({ queryKey: LIST }), [cache]));
  return useQuery({
    queryKey: LIST,
    queryFn: () => ask<ProjectPage>(client.GET("/api/v1/projects", { params: { query: {} } })),
    staleTime: 0,
  });
}

export type Move = { kind: "project" | "chapter"; id: string; version: number };

/** `moved`, which stays the same function, hears of every project and chapter of mine that moves; null: something may have moved unheard. */
export function useMoves(moved: (move: Move | null) => void): void {
  useEffect(() => {
    return followLists({
      opened: () => moved(null),
      lost: () => undefined,
      frame: (event, data) => {
        const said = data as { project_id?: string; chapter_id?: string; version: number };
        if (event === "project" && said.project_id) moved({ kind: "project", id: said.project_id, version: said.version });
        if (event === "chapter" && said.chapter_id) moved({ kind: "chapter", id: said.chapter_id, version: said.version });
      },
    });
  }, [moved]);
}

/** The scene of this chapter that is being written just now, as it grows; null: nothing of it has come here yet. */
export function useSceneSoFar(chapterId: string, correlationId: string): ChapterDraftFrame | null {
  const [last, setLast] = useState<ChapterDraftFrame | null>(null);
  useEffect(() => {
    return followLists({
      opened: () => undefined,
      lost: () => undefined,
      frame: (event, data) => {
        if (event !== "chapter_draft") return;
        const said = data as ChapterDraftFrame;
        if (said.chapter_id === chapterId) setLast((before) => (before && before.correlation_id === said.correlation_id && before.seq > said.seq ? before : said));
      },
    });
  }, [chapterId]);
  return last?.correlation_id === correlationId ? last : null;
}

/** How far the work of this stream is, as it is told while it goes on; null: nothing of it has come here yet. */
export function useWorkProgress(streamId: string, correlationId: string): ProgressFrame | null {
  const [last, setLast] = useState<ProgressFrame | null>(null);
  useEffect(() => {
    return followLists({
      opened: () => undefined,
      lost: () => undefined,
      frame: (event, data) => {
        if (event !== "progress") return;
        const said = data as ProgressFrame;
        if (said.session_id === streamId) setLast(said);
      },
    });
  }, [streamId]);
  return last?.correlation_id === correlationId ? last : null;
}
