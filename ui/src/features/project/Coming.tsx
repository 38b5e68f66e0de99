// What is shown while a project or a chapter is looked for, and when there is none.
import { Button, Center, Loader, Stack, Text } from "@mantine/core";
import { Link } from "react-router";
import { useI18n } from "@/shared/i18n/i18n";

interface ComingProps {
  failed: boolean;
  gone: string;
  back: string;
  /** Whether it is a part of a page. */
  inside?: boolean;
}

export function Coming({ failed, gone, back, inside = false }: ComingProps) {
  const { t } = useI18n();
  return (
    <Center mih="50vh" component={inside ? "div" : "main"}>
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
