// Words that were typed in another tab, or put away: offered at the box that they belong to, never put into it.
import { Button } from "@mantine/core";
import { useEffect, type ReactNode } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import type { Draft } from "@/shared/lib/useDraft";
import { Notice } from "./Notice";

const SHOWN = 160;
const UNDO_MS = 60_000;

interface OfferedProps {
  draft: Pick<Draft, "offer" | "takeUp" | "discard" | "discarded" | "undo" | "forgo">;
  /** What is said of them; none: how they begin. */
  children?: ReactNode;
}

export function OfferedWords({ draft, children }: OfferedProps) {
  const { t } = useI18n();
  const { offer } = draft;
  return (
    <>
      <Undo draft={draft} />
      {offer && (
        <div data-testid="unsent">
          <Notice
            tone="calm"
            action={
              <>
                <Button size="xs" variant="light" onClick={draft.takeUp}>
                  {t("edit.unsent.takeUp")}
                </Button>
                <Button size="xs" variant="subtle" color="gray" onClick={draft.discard}>
                  {t("draft.dismiss")}
                </Button>
              </>
            }
          >
            {children ?? (
              <>
                {t("typed.offer")} <q dir="auto">{shortened(offer.text)}</q>
              </>
            )}
          </Notice>
        </div>
      )}
    </>
  );
}

/** For a while after something was discarded. */
export function Undo({ draft: { discarded, undo, forgo } }: { draft: Pick<Draft, "discarded" | "undo" | "forgo"> }) {
  const { t } = useI18n();
  useEffect(() => {
    if (!discarded) return;
    const timer = setTimeout(forgo, UNDO_MS);
    return () => clearTimeout(timer);
  }, [discarded, forgo]);
  if (!discarded) return null;
  return (
    <div data-testid="undo" role="status">
      <Notice
        tone="calm"
        action={
          <Button size="xs" variant="light" onClick={undo}>
            {t("typed.undo")}
          </Button>
        }
      >
        {t("typed.discarded")}
      </Notice>
    </div>
  );
}

function shortened(text: string): string {
  const start = text.slice(0, SHOWN * 2).trim();
  return start.length > SHOWN ? `${[...start].slice(0, SHOWN).join("")}…` : start;
}
