// A chapter as it is when its page is opened; what comes later is the manuscript's.
import { useQuery } from "@tanstack/react-query";
import { readChapter } from "@/shared/projects/projects";

export function useChapter(projectId: string, chapterId: string) {
  return useQuery({
    queryKey: ["chapter", projectId, chapterId],
    queryFn: () => readChapter(projectId, chapterId),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}
