// What a chapter is to be, as its plan says: folded away while one writes, and changed here.
import { Button } from "@mantine/core";
import { useState } from "react";
import type { Chapter } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { PLAN_FIELDS, PlanForm } from "./PlanForm";
import classes from "./Project.module.css";

const THREADS = ["plants", "pays"] as const;

interface PlanViewProps {
  facts: Chapter;
  changed: (found: Chapter) => void;
}

export function PlanView({ facts, changed }: PlanViewProps) {
  const { t } = useI18n();
  const [editing, setEditing] = useState(false);
  const { plan } = facts;
  const who = plan.who ?? [];
  const said = PLAN_FIELDS.filter((field) => plan[field]);
  const empty = said.length === 0 && who.length === 0;
  return (
    <details className={classes["plan"]} data-testid="plan">
      <summary>{t(empty ? "plan.write" : "plan.title")}</summary>
      {editing || empty ? (
        <PlanForm
          facts={facts}
          saved={(found) => {
            changed(found);
            setEditing(false);
          }}
          cancel={empty ? null : () => setEditing(false)}
        />
      ) : (
        <>
          <dl>
            {said.map((field) => (
              <div key={field}>
                <dt>{t(`plan.${field}`)}</dt>
                <dd dir="auto">{plan[field]}</dd>
              </div>
            ))}
            {THREADS.map(
              (field) =>
                (plan[field] ?? []).length > 0 && (
                  <div key={field}>
                    <dt>{t(`plan.${field}`)}</dt>
                    <dd dir="auto">{(plan[field] ?? []).join(" · ")}</dd>
                  </div>
                ),
            )}
            {who.length > 0 && (
              <div>
                <dt>{t("plan.who")}</dt>
                <dd dir="auto">{who.join(", ")}</dd>
              </div>
            )}
          </dl>
          {!facts.removed && (
            <Button size="xs" variant="light" mt="sm" onClick={() => setEditing(true)}>
              {t("plan.edit")}
            </Button>
          )}
        </>
      )}
    </details>
  );
}
