// What is shown while a project or a chapter is looked for, and when there is none.
import { Button, Center, Loader, Stack, Text } from "@mantine/core";
import { Link } from "react-router";
import { useI18n } from "@/shared/i18n/i18n";

export function Coming({ failed, gone, back }: { failed: boolean; gone: string; back: string }) {
  const { t } = useI18n();
  return (
    <Center mih="50vh" component="main">
      <Stack align="center">
        {failed ? <Text role="alert">{gone}</Text> : <Loader type="dots" />}
        {failed ? (
          <Button component={Link} to={back} variant="light">
            {t("project.back")}
          </Button>
        ) : (
          <Text c="dimmed">{t("app.loading")}</Text>
        )}
      </Stack>
    </Center>
  );
}
