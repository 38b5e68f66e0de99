// The way to the tree of branches.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { Icon } from "@/shared/ui/Icon";
import { Family } from "./Family";

export function FamilyButton() {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        data-testid="family-button"
        leftSection={<Icon name="branch" size={14} />}
        onClick={() => setOpen(true)}
      >
        {t("tree.branches.title")}
      </Button>
      <Family opened={open} close={() => setOpen(false)} />
    </>
  );
}
