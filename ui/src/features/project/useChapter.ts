// A chapter as it is when its page is opened; what comes later is the manuscript's.
import { useQuery } from "@tanstack/react-query";
import type { Chapter } from "@/shared/api/types";
import { readChapter } from "@/shared/projects/projects";
import { readHere } from "./readHere";

export function useChapter(projectId: string, chapterId: string): { data: Chapter | undefined; isError: boolean } {
  const found = useQuery({
    queryKey: ["chapter", projectId, chapterId],
    queryFn: () => readChapter(projectId, chapterId),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  return { data: readHere(found), isError: found.isError };
}
