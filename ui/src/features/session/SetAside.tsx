// What the writer let go when they took the other side: still here to copy or to take up again, until they discard it.
import { Button, CopyButton } from "@mantine/core";
import type { Content } from "@/shared/api/types";
import { SHAPES } from "@/shared/content/shapes";
import { useI18n } from "@/shared/i18n/i18n";
import { useStoredValue } from "@/shared/lib/useStored";
import { Notice } from "@/shared/ui/Notice";
import { useSession } from "./context";
import { ownKey, useEditDraft } from "./editDraft";
import { plainText } from "./plainText";

interface Aside {
  content?: Content;
  words?: string;
}

export function useAside(sessionId: string, stage: string) {
  return useStoredValue<Aside>(`genesis:${sessionId}:${stage}:aside`);
}

/** It stands above the proposals, which is out of sight from below. */
export function showAside(): void {
  requestAnimationFrame(() => document.querySelector("[data-set-aside]")?.scrollIntoView({ block: "center" }));
}

export function SetAside() {
  const { t, language } = useI18n();
  const { state, stage, whyNot } = useSession();
  const [aside, setAside] = useAside(state.session_id, stage);
  const own = useEditDraft(ownKey(state.session_id, stage));
  if (aside === null) return null;
  const text = aside.words ?? plainText(SHAPES[stage], aside.content, language);
  const takeUp = () => {
    own.begin(aside.content ?? {});
    setAside(null);
  };
  return (
    <div data-testid="set-aside" data-set-aside>
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
            <Button size="xs" variant="subtle" color="gray" onClick={() => setAside(null)}>
              {t("draft.dismiss")}
            </Button>
          </>
        }
      >
        {aside.words ? `“${aside.words}”` : t("aside.text")}
      </Notice>
    </div>
  );
}
