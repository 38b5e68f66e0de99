// Whether the text is saved, and since when; and words of another tab that were not.
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { clock } from "@/shared/lib/time";
import { Notice } from "@/shared/ui/Notice";
import classes from "./Project.module.css";
import type { Manuscript } from "./useManuscript";

/** Longer than this an answer is not just on its way: the writer hears that nothing is lost. */
const LONG_MS = 4_000;

export function SavedText({ manuscript }: { manuscript: Manuscript }) {
  const { t, locale } = useI18n();
  const say = useProblemText();
  const { saving, savedAt, problem } = manuscript;
  const long = useLong(saving === "saving");
  const time = savedAt === null ? null : clock(new Date(savedAt).toISOString(), locale);
  const said = { saved: time ? t("chapter.saved", { time }) : "", typing: t("chapter.typing"), saving: t(long ? "chapter.away" : "chapter.saving"), away: t("chapter.away") };
  return (
    <span className={classes["saved"]} data-state={saving} data-testid="saved" role="status">
      {said[saving]}
      {saving === "away" && problem && (
        <>
          {" "}
          {say(problem)}{" "}
          <Button size="compact-xs" variant="light" onClick={manuscript.save}>
            {t("problem.again")}
          </Button>
        </>
      )}
    </span>
  );
}

/** Whether it has been `true` for long. */
function useLong(now: boolean): boolean {
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (!now) return undefined;
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [now]);
  return long;
}

export function LeftWords({ manuscript }: { manuscript: Manuscript }) {
  const { t } = useI18n();
  const { offer, takeUp, discard } = manuscript.left;
  if (offer === null) return null;
  const action = (
    <>
      <Button size="xs" variant="light" onClick={takeUp}>
        {t("chapter.left.take")}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={discard}>
        {t("chapter.left.discard")}
      </Button>
    </>
  );
  return (
    <Notice tone="warning" title={t("chapter.left")} action={action}>
      <q dir="auto">{offer.text.slice(0, 160)}</q>
    </Notice>
  );
}
