// An edit that was begun in a tab that is gone, or in another one: offered again, never put over what is read.
import { Button } from "@mantine/core";
import { useI18n } from "@/shared/i18n/i18n";
import { Notice } from "@/shared/ui/Notice";
import { useSession } from "./context";
import type { EditDraft } from "./editDraft";

export function Unsent({ draft }: { draft: EditDraft }) {
  const { t } = useI18n();
  const { stage, whyNot } = useSession();
  if (!draft.offered || whyNot("EDIT_CONTENT", stage) !== null) return null;
  return (
    <div data-testid="unsent">
      <Notice
        tone="calm"
        action={
          <>
            <Button size="xs" variant="light" onClick={draft.takeUp}>
              {t("edit.unsent.takeUp")}
            </Button>
            <Button size="xs" variant="subtle" color="gray" onClick={draft.close}>
              {t("draft.dismiss")}
            </Button>
          </>
        }
      >
        {t("edit.unsent")}
      </Notice>
    </div>
  );
}
