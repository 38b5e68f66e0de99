// Nobody is signed in: how to get in, calmly.
import { Button, Code, Paper, Stack, Text, Title } from "@mantine/core";
import { useI18n } from "@/shared/i18n/i18n";

interface SignInPageProps {
  unreachable: boolean;
  again: () => void;
}

export function SignInPage({ unreachable, again }: SignInPageProps) {
  const { t } = useI18n();
  const expired = new URLSearchParams(window.location.search).get("login") === "expired";
  return (
    <main style={{ width: "100%", maxWidth: "36rem", margin: "min(14vh, 8rem) auto", padding: "0 1.25rem" }}>
      <Stack gap="lg">
        <div>
          <Text c="dimmed" size="sm">
            {t("app.tagline")}
          </Text>
          <Title order={1} fz="2rem" mt={4}>
            {t("auth.title")}
          </Title>
        </div>
        {unreachable ? (
          <Text role="alert">{t("auth.unreachable")}</Text>
        ) : (
          <>
            <Text lh={1.65}>{expired ? t("auth.expired") : t("auth.lead")}</Text>
            <Paper withBorder p="md" radius="md">
              <Stack gap="xs">
                {!expired && <Text size="sm">{t("auth.how")}</Text>}
                <Code block>.venv/bin/genesis login</Code>
                <Text size="sm">
                  {t("auth.also")} <Code>make run</Code>
                </Text>
              </Stack>
            </Paper>
          </>
        )}
        <div>
          <Button variant="light" onClick={again}>
            {unreachable ? t("app.retry") : t("auth.check")}
          </Button>
        </div>
      </Stack>
    </main>
  );
}
