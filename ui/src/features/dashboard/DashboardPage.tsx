// / — begin something new, or go on with what there is.
import { useI18n } from "@/shared/i18n/i18n";
import { Icon } from "@/shared/ui/Icon";
import { useSessions } from "./lists";
import { ImportBook } from "./ImportBook";
import { NewFromKeyword } from "./NewFromKeyword";
import { NewGenesis } from "./NewGenesis";
import { NovelList } from "./NovelList";
import { ProjectList } from "./ProjectList";
import { SessionList } from "./SessionList";
import { WrittenBy } from "./WrittenBy";
import classes from "./Dashboard.module.css";

export function DashboardPage() {
  const { t } = useI18n();
  const mine = useSessions().data?.items.length ?? 0;
  return (
    <main className={classes["page"]}>
      <section className={classes["begin"]} aria-labelledby="begin">
        <h1 id="begin">{t("dash.hello")}</h1>
        {mine > 0 && (
          <a href="#sessions" className={classes["toMine"]}>
            {t("dash.toMine")} <Icon name="down" size={14} />
          </a>
        )}
        <NewGenesis />
        <WrittenBy />
      </section>
      <div className={classes["mine"]}>
        <SessionList />
        <div>
          <NewFromKeyword />
          <ImportBook />
          <ProjectList />
        </div>
        <NovelList />
      </div>
    </main>
  );
}
