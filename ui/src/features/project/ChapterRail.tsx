// The chapters of the book beside the desk: how long each is, how far, and which one is open.
import { NavLink } from "react-router";
import { useI18n } from "@/shared/i18n/i18n";
import { useWordsText } from "@/shared/projects/useWordsText";
import classes from "./Desk.module.css";
import { useContents } from "./useContents";

export function ChapterRail({ projectId, chosen }: { projectId: string; chosen: () => void }) {
  const { t } = useI18n();
  const length = useWordsText();
  const { project } = useContents(projectId);
  return (
    <nav id="chapters" className={classes["rail"]} aria-label={t("project.contents")} data-testid="rail">
      <ol>
        {project?.contents
          .filter(({ kind }) => kind !== "section")
          .map((entry) => (
            <li key={entry.id} data-kind={entry.kind}>
              {entry.kind === "part" ? (
                <span dir="auto">{entry.title}</span>
              ) : (
                <NavLink to={`/projects/${projectId}/chapters/${entry.id}/desk`} onClick={chosen}>
                  <bdi>{entry.title}</bdi>
                  <small>
                    {length(project.language, entry.words, entry.target_words)}
                    {entry.status && ` · ${t(`chapter.status.${entry.status}`)}`}
                  </small>
                </NavLink>
              )}
            </li>
          ))}
      </ol>
    </nav>
  );
}
