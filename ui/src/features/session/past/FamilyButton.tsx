// The way to the tree of branches, and how many sessions are in it.
import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { Icon } from "@/shared/ui/Icon";

const Family = lazy(async () => ({ default: (await import("./Family")).Family }));

export function FamilyButton() {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState(false);
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        data-testid="family-button"
        leftSection={<Icon name="branch" size={14} />}
        onClick={() => {
          setAsked(true);
          setOpen(true);
        }}
      >
        {t("tree.branches.title")}
      </Button>
      <Suspense>{asked && <Family opened={open} close={() => setOpen(false)} />}</Suspense>
    </>
  );
}
