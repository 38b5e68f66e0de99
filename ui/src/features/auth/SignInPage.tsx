// Nobody is signed in: a name and a password, or the one-time address. Signing in leads back to where one was.
import { Button, Code, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { useSearchParams } from "react-router";
import { asProblem, type Problem } from "@/shared/api/problem";
import { useI18n } from "@/shared/i18n/i18n";
import { useSecondsUntil } from "@/shared/lib/time";
import { Notice } from "@/shared/ui/Notice";
import { usedAddress, withoutAddress } from "./address";
import { lastSignedIn, signIn } from "./me";
import { useAccountProblem } from "./problems";

interface SignInPageProps {
  unreachable: boolean;
  again: () => void;
}

export function SignInPage({ unreachable, again }: SignInPageProps) {
  const { t } = useI18n();
  const [search] = useSearchParams();
  const expired = usedAddress(search);
  const ended = lastSignedIn() !== null;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (ended) heading.current?.focus(); // what had the focus is gone
  }, [ended]);
  return (
    <main style={{ width: "100%", maxWidth: "28rem", margin: "min(10vh, 6rem) auto", padding: "0 1.25rem 2rem" }}>
      <Stack gap="lg">
        <div>
          <Text c="dimmed" size="sm">
            {t("app.tagline")}
          </Text>
          <Title order={1} fz="2rem" mt={4} ref={heading} tabIndex={-1} style={{ outline: "none" }}>
            {t("auth.title")}
          </Title>
        </div>
        {unreachable ? (
          <>
            <Text role="alert">{t("auth.unreachable")}</Text>
            <div>
              <Button variant="light" onClick={again}>
                {t("app.retry")}
              </Button>
            </div>
          </>
        ) : (
          <>
            {ended && (
              <div data-testid="signed-out">
                <Notice tone="warning" alert>
                  {t("auth.ended")}
                </Notice>
              </div>
            )}
            <SignInForm />
            <Paper withBorder p="md" radius="md">
              <Stack gap="xs">
                <Text size="sm" fw={600} component="h2">
                  {t(expired ? "auth.expired.title" : "auth.without")}
                </Text>
                <Text size="sm">{t(expired ? "auth.expired" : "auth.how")}</Text>
                <Code block>.venv/bin/genesis login NAME</Code>
                <Text size="sm" c="dimmed">
                  {t("auth.how.name")}
                </Text>
                <div>
                  <Button variant="light" size="xs" onClick={again}>
                    {t("auth.check")}
                  </Button>
                </div>
              </Stack>
            </Paper>
          </>
        )}
      </Stack>
    </main>
  );
}

function SignInForm() {
  const { t } = useI18n();
  const cache = useQueryClient();
  const [, setSearch] = useSearchParams();
  const say = useAccountProblem();
  const password = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const limited = problem?.code === "RATE_LIMITED";
  const wait = useSecondsUntil(limited ? problem.at + (problem.retryAfter ?? 1) * 1000 : 0);
  const shown = problem && (!limited || wait > 0) ? problem : null;
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy || wait > 0) return;
    // read from the form and not from a state: a password manager may fill it without an event
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String((given.get(name) as string | null) ?? "");
    setBusy(true);
    setProblem(null);
    try {
      await signIn(cache, text("username").trim(), text("password"));
      setSearch(withoutAddress, { replace: true });
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
      password.current?.focus();
      password.current?.select();
    }
  };
  return (
    <form onSubmit={(event) => void send(event)} aria-label={t("auth.signIn")}>
      <Stack gap="sm">
        <TextInput
          name="username"
          label={t("auth.name")}
          defaultValue={lastSignedIn()?.name}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          maxLength={200}
        />
        <PasswordInput
          ref={password}
          name="password"
          label={t("auth.password")}
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ "aria-label": t("auth.password.show") }}
        />
        <div role="alert">
          {shown && <Notice tone="danger">{say(shown, wait)}</Notice>}
        </div>
        <Button type="submit" loading={busy} disabled={wait > 0} data-testid="sign-in">
          {wait > 0 ? t("auth.wait", { n: wait }) : t("auth.signIn")}
        </Button>
      </Stack>
    </form>
  );
}
