// My novels: the books that finished sessions became.
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { useI18n } from "@/shared/i18n/i18n";
import { ago } from "@/shared/lib/time";
import { useMore, useNovels } from "./lists";
import classes from "./Dashboard.module.css";

export function NovelList() {
  const { t, locale } = useI18n();
  const found = useNovels();
  const more = useMore("novels");
  const items = found.data?.items ?? [];
  return (
    <section aria-labelledby="novels">
      <h2 id="novels">{t("dash.novels")}</h2>
      {found.data && items.length === 0 && (
        <div className={classes["empty"]}>
          <strong>{t("dash.novels.empty")}</strong>
          <p>{t("dash.novels.empty.text")}</p>
        </div>
      )}
      <ul className={classes["list"]}>
        {items.map((novel) => (
          <li key={novel.id}>
            <Link to={`/novels/${novel.id}`} className={classes["card"]} data-novel>
              <span className={classes["title"]} dir="auto">{novel.title}</span>
              {novel.logline && (
                <span className={classes["logline"]} dir="auto">
                  {novel.logline}
                </span>
              )}
              <span className={classes["line"]}>{t("novel.finished", { when: ago(novel.finished_at, locale) })}</span>
            </Link>
          </li>
        ))}
      </ul>
      {found.data?.next_cursor && (
        <Button variant="subtle" onClick={() => void more()}>
          {t("dash.more")}
        </Button>
      )}
    </section>
  );
}
