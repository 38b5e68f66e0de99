// What a chapter is to be, as its plan says: folded away while one writes.
import type { Chapter } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import classes from "./Project.module.css";

const FIELDS = ["purpose", "summary", "point_of_view", "place", "time", "goal", "conflict", "turning_point", "outcome", "hook"] as const;

export function PlanView({ plan }: { plan: Chapter["plan"] }) {
  const { t } = useI18n();
  const who = plan.who ?? [];
  const said = FIELDS.filter((field) => plan[field]);
  if (said.length === 0 && who.length === 0) return null;
  return (
    <details className={classes["plan"]}>
      <summary>{t("plan.title")}</summary>
      <dl>
        {said.map((field) => (
          <div key={field}>
            <dt>{t(`plan.${field}`)}</dt>
            <dd dir="auto">{plan[field]}</dd>
          </div>
        ))}
        {who.length > 0 && (
          <div>
            <dt>{t("plan.who")}</dt>
            <dd dir="auto">{who.join(", ")}</dd>
          </div>
        )}
      </dl>
    </details>
  );
}
