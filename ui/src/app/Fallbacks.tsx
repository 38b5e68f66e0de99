// What is shown when there is nothing else to show.
import { Button, Center, Loader, Stack, Text } from "@mantine/core";
import { Link } from "react-router";
import { useI18n } from "@/shared/i18n/i18n";

export function Opening() {
  const { t } = useI18n();
  return (
    <Center mih="60vh">
      <Stack align="center" gap="sm">
        <Loader type="dots" />
        <Text c="dimmed">{t("app.loading")}</Text>
      </Stack>
    </Center>
  );
}

export function Missing() {
  const { t } = useI18n();
  return (
    <Center mih="60vh">
      <Stack align="center">
        <Text>{t("app.notFound")}</Text>
        <Button component={Link} to="/" variant="light">
          {t("app.back")}
        </Button>
      </Stack>
    </Center>
  );
}

export function Broken() {
  const { t } = useI18n();
  return (
    <Center mih="60vh" p="lg">
      <Stack align="center" role="alert">
        <Text>{t("app.broken")}</Text>
        <Button onClick={() => window.location.reload()}>{t("app.reload")}</Button>
      </Stack>
    </Center>
  );
}
