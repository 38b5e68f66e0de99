// The session's own line: its title, how it stands, and the way out of it.
import { ActionIcon, Badge, Button, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import { memo, useState } from "react";
import { Link } from "react-router";
import { useI18n } from "@/shared/i18n/i18n";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { BibleMenu } from "./BibleMenu";
import { useSession } from "./context";
import { showKeys } from "./KeyList";
import { Presence } from "./Presence";
import classes from "./SessionHeader.module.css";

export const SessionHeader = memo(function SessionHeader() {
  const { t } = useI18n();
  const { state, foreign } = useSession();
  return (
    <div className={classes["bar"]}>
      <ActionIcon component={Link} to="/" variant="subtle" color="gray" aria-label={t("app.back")}>
        <Icon name="left" />
      </ActionIcon>
      <div className={classes["title"]}>
        <h1 dir="auto">{state.title || t("dash.untitled")}</h1>
        <Badge variant="default" size="sm" tt="none" className={classes["badge"]}>
          {t(`dash.mode.${state.mode}`)}
        </Badge>
        {state.status !== "IN_PROGRESS" && (
          <Badge variant="light" size="sm" tt="none" className={classes["badge"]}>
            {t(`status.${state.status}`)}
          </Badge>
        )}
      </div>
      <Group gap="xs" wrap="nowrap">
        <Presence />
        {foreign === null && <Finish />}
        {foreign === null && <BibleMenu />}
        <More />
      </Group>
    </div>
  );
});

function Finish() {
  const { t } = useI18n();
  const { state, commands, whyNot } = useSession();
  if (state.novel_id) {
    return (
      <Button component={Link} to={`/novels/${state.novel_id}`} size="sm" leftSection={<Icon name="book" size={16} />}>
        {t("studio.openNovel")}
      </Button>
    );
  }
  const why = whyNot("FINISH_GENESIS");
  return (
    <GuardedButton
      data-testid="finish-button"
      size="sm"
      variant={why === null ? "filled" : "default"}
      why={why}
      loading={commands.busy("finish")}
      onClick={() =>
        void commands.run("finish", { command_type: "FINISH_GENESIS", session_id: state.session_id, payload: {} })
      }
    >
      {t("studio.finish")}
    </GuardedButton>
  );
}

function More() {
  const { t } = useI18n();
  const { state, foreign, commands, whyNot } = useSession();
  const [asked, setAsked] = useState(false);
  const id = state.session_id;
  const whyNotExtend = whyNot("EXTEND_SESSION");
  const whyNotAbandon = whyNot("ABANDON_GENESIS");
  const abandon = async () => {
    const answer = await commands.run("abandon", { command_type: "ABANDON_GENESIS", session_id: id, payload: {} });
    if (answer) setAsked(false);
  };
  return (
    <>
      <Menu width={240}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t("studio.more")} size="lg">
            <Icon name="dots" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {foreign === null && (
            <Menu.Item
              leftSection={<Icon name="clock" size={16} />}
              disabled={whyNotExtend !== null}
              title={whyNotExtend ?? undefined}
              onClick={() =>
                void commands.run("extend", { command_type: "EXTEND_SESSION", session_id: id, payload: { hours: 24 } })
              }
            >
              {t("studio.extend")}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<Icon name="panel" size={16} />} onClick={showKeys}>
            {t("studio.keys")}
          </Menu.Item>
          {foreign === null && (
            <>
              <Menu.Divider />
              <Menu.Item
                color="var(--danger)"
                leftSection={<Icon name="trash" size={16} />}
                disabled={whyNotAbandon !== null}
                title={whyNotAbandon ?? undefined}
                onClick={() => setAsked(true)}
              >
                {t("studio.abandon")}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asked} onClose={() => setAsked(false)} title={t("studio.abandon.title")}>
        <Stack>
          <Text size="sm">{t("studio.abandon.text")}</Text>
          <ProblemNote commands={commands} of="abandon" />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsked(false)} data-autofocus>
              {t("app.cancel")}
            </Button>
            <Button color="red" loading={commands.busy("abandon")} onClick={() => void abandon()}>
              {t("studio.abandon.do")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
