// What the writer let go when they took the other side: still here to copy or to take up again, until they discard it.
import { Button, CopyButton } from "@mantine/core";
import { memo, useCallback } from "react";
import type { Content } from "@/shared/api/types";
import { SHAPES } from "@/shared/content/shapes";
import { useI18n } from "@/shared/i18n/i18n";
import { drafts, useDraft } from "@/shared/lib/useDraft";
import { Notice } from "@/shared/ui/Notice";
import { Undo } from "@/shared/ui/OfferedWords";
import { useSession } from "./context";
import { ownKey, parsed, useEditDraft } from "./editDraft";
import { plainText } from "./plainText";

interface Aside {
  content?: Content;
  words?: string;
}

function asideKey(sessionId: string, stage: string): string {
  return `genesis:${sessionId}:${stage}:aside`;
}

/** Sets something aside, beside what is there already. */
export function useSetAside(sessionId: string, stage: string): (aside: Aside) => void {
  return useCallback((aside) => drafts.leave(asideKey(sessionId, stage), JSON.stringify(aside), ""), [sessionId, stage]);
}

/** It stands above the proposals, which is out of sight from below. */
export function showAside(): void {
  requestAnimationFrame(() => document.querySelector("[data-set-aside]")?.scrollIntoView({ block: "center" }));
}

export const SetAside = memo(function SetAside() {
  const { t, language } = useI18n();
  const { state, stage, whyNot } = useSession();
  const kept = useDraft(asideKey(state.session_id, stage));
  const own = useEditDraft(ownKey(state.session_id, stage));
  const aside = parsed<Aside>(kept.offer?.text ?? "");
  if (aside === null) return <Undo draft={kept} />;
  const text = aside.words ?? plainText(SHAPES[stage], aside.content, language);
  const takeUp = () => {
    own.begin(aside.content ?? {});
    kept.take();
  };
  return (
    <div data-testid="set-aside" data-set-aside>
      <Undo draft={kept} />
      <Notice
        tone="calm"
        title={t("aside.title")}
        action={
          <>
            <CopyButton value={text}>
              {({ copied, copy }) => (
                <Button size="xs" variant="light" onClick={copy}>
                  {t(copied ? "app.copied" : "conflict.copy")}
                </Button>
              )}
            </CopyButton>
            {aside.content && whyNot("EDIT_CONTENT", stage) === null && (
              <Button size="xs" variant="subtle" onClick={takeUp}>
                {t("aside.takeUp")}
              </Button>
            )}
            <Button size="xs" variant="subtle" color="gray" onClick={kept.discard}>
              {t("draft.dismiss")}
            </Button>
          </>
        }
      >
        {aside.words ? <q dir="auto">{aside.words}</q> : t("aside.text")}
      </Notice>
    </div>
  );
});
