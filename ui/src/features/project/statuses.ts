// How far a chapter is, in order.
import type { ChapterStatus } from "@/shared/api/types";

export const STATUSES: readonly ChapterStatus[] = ["draft", "planned", "writing", "written", "revised", "final"];
