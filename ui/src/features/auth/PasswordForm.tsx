// A new password. Every other browser is signed out by it.
import { Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import { useI18n } from "@/shared/i18n/i18n";
import { Notice } from "@/shared/ui/Notice";
import { useAccessChanges } from "./access";
import { useAccountProblem } from "./problems";

/** As the server wants it. */
const SHORTEST = 10;

export function PasswordForm({ name, hasPassword }: { name: string; hasPassword: boolean }) {
  const { t } = useI18n();
  const { password } = useAccessChanges();
  const say = useAccountProblem();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [saved, setSaved] = useState(false);
  const short = next !== "" && next.length < SHORTEST ? t("account.password.short", { n: SHORTEST }) : null;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || next.length < SHORTEST) return;
    setBusy(true);
    setProblem(null);
    setSaved(false);
    try {
      await password(hasPassword ? current : null, next);
      setSaved(true);
      setCurrent("");
      setNext("");
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const toggle = { "aria-label": t("auth.password.show") };
  return (
    <form onSubmit={(event) => void save(event)}>
      <Stack gap="sm" maw="24rem">
        <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
        {hasPassword && (
          <PasswordInput
            label={t("account.password.current")}
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
            visibilityToggleButtonProps={toggle}
          />
        )}
        <PasswordInput
          label={t("account.password.next")}
          description={t("account.password.ends")}
          autoComplete="new-password"
          value={next}
          error={short}
          maxLength={200}
          onChange={(event) => setNext(event.currentTarget.value)}
          visibilityToggleButtonProps={toggle}
        />
        {problem && (
          <Notice tone="danger" alert>
            {say(problem)}
          </Notice>
        )}
        <Text role="status" size="sm">
          {saved && t("account.password.saved")}
        </Text>
        <div>
          <Button type="submit" loading={busy} disabled={next.length < SHORTEST}>
            {t("account.password.save")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
