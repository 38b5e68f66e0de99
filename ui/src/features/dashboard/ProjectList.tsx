// The books that I am writing; nothing while there are none.
import { Link } from "react-router";
import { useI18n } from "@/shared/i18n/i18n";
import { ago } from "@/shared/lib/time";
import { useProjects } from "@/shared/projects/projects";
import { useWordsText } from "@/shared/projects/useWordsText";
import classes from "./Dashboard.module.css";

export function ProjectList() {
  const { t, locale } = useI18n();
  const length = useWordsText();
  const items = useProjects().data?.items ?? [];
  if (items.length === 0) return null;
  const number = new Intl.NumberFormat(locale);
  return (
    <section aria-labelledby="projects">
      <h2 id="projects">{t("project.list")}</h2>
      <ul className={classes["list"]}>
        {items.map((project) => (
          <li key={project.id}>
            <Link to={`/projects/${project.id}`} className={classes["card"]} data-novel>
              <span className={classes["title"]} dir="auto">
                {project.title}
              </span>
              <span className={classes["line"]}>
                {project.initiation && !project.logline && <>{t(`ideas.state.${project.initiation}`)} · </>}
                {t(project.chapters === 1 ? "project.chapters.one" : "project.chapters", { n: number.format(project.chapters) })} ·{" "}
                {length(project.language, project.words)} · {ago(project.last_event_at, locale)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
