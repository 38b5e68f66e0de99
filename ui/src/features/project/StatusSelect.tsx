// How far a chapter is, to choose.
import { NativeSelect } from "@mantine/core";
import { useCallback, useState } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { Chapter, ChapterStatus } from "@/shared/api/types";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { readChapter, sendChapterCommand } from "@/shared/projects/projects";
import { STATUSES } from "./statuses";

export function StatusSelect({ facts, changed }: { facts: Chapter; changed: (found: Chapter) => void }) {
  const { t } = useI18n();
  const say = useProblemText();
  const [problem, setProblem] = useState<Problem | null>(null);
  const choose = useCallback(
    async (status: ChapterStatus) => {
      const { id, project_id } = facts;
      try {
        if (facts.version === 0) await sendChapterCommand({ command_type: "OPEN_CHAPTER", chapter_id: id, payload: { project_id } });
        const answer = await sendChapterCommand({ command_type: "SET_CHAPTER_STATUS", chapter_id: id, payload: { status } });
        changed(await readChapter(project_id, id, answer.version));
        setProblem(null);
      } catch (error) {
        setProblem(asProblem(error));
      }
    },
    [facts, changed],
  );
  return (
    <NativeSelect
      size="xs"
      aria-label={t("chapter.status")}
      value={facts.status}
      error={problem && say(problem)}
      onChange={(event) => void choose(event.currentTarget.value as ChapterStatus)}
      data={STATUSES.map((status) => ({ value: status, label: t(`chapter.status.${status}`) }))}
    />
  );
}
