// Where the answer is: on its way, late, or not to be had, in a sentence each.
import { Button, Loader } from "@mantine/core";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { Notice } from "@/shared/ui/Notice";
import type { Told } from "./useProvenance";
import classes from "./Provenance.module.css";

export function Telling({ told }: { told: Told }) {
  const { t } = useI18n();
  const say = useProblemText();
  if (told.problem !== null) {
    const nothing = told.problem.status === 404;
    return (
      <div data-testid="provenance-failed">
        <Notice
          tone="warning"
          alert
          action={
            <Button size="xs" variant="light" onClick={told.again}>
              {t("app.retry")}
            </Button>
          }
        >
          {nothing ? t("origin.nothing") : `${t("origin.failed")} ${say(told.problem)}`}
        </Notice>
      </div>
    );
  }
  if (told.found !== null) return null;
  return (
    <p className={classes["coming"]} role="status">
      <Loader size="xs" aria-hidden="true" /> {t(told.slow ? "origin.slow" : "origin.coming")}
    </p>
  );
}
