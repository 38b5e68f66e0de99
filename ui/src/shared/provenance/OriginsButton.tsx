// Turns on, and off again, where a text came from.
import { useI18n } from "@/shared/i18n/i18n";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";

interface ButtonProps {
  shown: boolean;
  why: string | null;
  toggle: () => void;
}

export function OriginsButton({ shown, why, toggle }: ButtonProps) {
  const { t } = useI18n();
  return (
    <GuardedButton
      size="xs"
      variant={shown ? "filled" : "light"}
      why={why}
      aria-pressed={shown}
      aria-keyshortcuts="Alt+O"
      data-testid="origins-button"
      leftSection={<Icon name="pen" size={14} />}
      onClick={toggle}
    >
      {t(shown ? "origin.hide" : "origin.show")}
    </GuardedButton>
  );
}
