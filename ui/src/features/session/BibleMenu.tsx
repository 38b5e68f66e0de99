// Offers what is confirmed as a file, in the formats that readers, printers and word processors take.
import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, Tooltip, VisuallyHidden } from "@mantine/core";
import { useState } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { saveFile } from "@/shared/lib/saveFile";
import { GuardedIcon } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import { type Format, FORMATS, fetchBible } from "./bible";
import type { Missing } from "./bibleAnswer";
import { useSession } from "./context";

export function BibleMenu() {
  const { t } = useI18n();
  const { state, moment } = useSession();
  const [making, setMaking] = useState(false);
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [missing, setMissing] = useState<Missing[]>([]);
  const label = t("bible.download");

  const save = async (format: Format) => {
    setMaking(true);
    setSaid(t("bible.making"));
    try {
      // the version that is shown: what the writer sees is what they get
      const found = await fetchBible(state.session_id, state.version, format);
      saveFile(found.file, found.name);
      setMissing(found.missing);
      setSaid(t("bible.done"));
    } catch (error) {
      setProblem(asProblem(error));
      setSaid("");
    } finally {
      setMaking(false);
    }
  };

  if (Object.keys(state.confirmed_data).length === 0) {
    return (
      <GuardedIcon
        label={label}
        why={t("bible.nothing")}
        onClick={() => undefined}
        variant="subtle"
        color="gray"
        size="lg"
        data-testid="bible-menu"
      >
        <Icon name="download" />
      </GuardedIcon>
    );
  }
  return (
    <>
      <Menu width={280}>
        <Menu.Target>
          <Tooltip label={label}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={label}
              loading={making}
              data-testid="bible-menu"
            >
              <Icon name="download" />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{moment === null ? t("bible.whatItIs") : t("bible.past", { n: moment.version })}</Menu.Label>
          {FORMATS.map((format) => (
            <Menu.Item key={format} data-testid={`bible-${format}`} onClick={() => void save(format)}>
              {t(`bible.${format}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      <Failed problem={problem} close={() => setProblem(null)} />
      <Lacking missing={missing} close={() => setMissing([])} />
    </>
  );
}

function Failed({ problem, close }: { problem: Problem | null; close: () => void }) {
  const { t } = useI18n();
  const say = useProblemText();
  return (
    <Modal opened={problem !== null} onClose={close} title={t("bible.failed")}>
      <Stack>
        <Text size="sm">{problem && say(problem)}</Text>
        <Text size="sm">{t("bible.safe")}</Text>
        <Closing close={close} />
      </Stack>
    </Modal>
  );
}

function Lacking({ missing, close }: { missing: Missing[]; close: () => void }) {
  const { t } = useI18n();
  const places = (one: Missing) => one.places.map((place) => place || t("bible.missing.title")).join("; ");
  return (
    <Modal opened={missing.length > 0} onClose={close} title={t("bible.missing")}>
      <Stack>
        <Text size="sm">{t("bible.missing.text")}</Text>
        <ul data-testid="bible-missing">
          {missing.map((one) => (
            <li key={one.characters} dir="auto">
              {t("bible.missing.in", { characters: one.characters, places: places(one) })}
            </li>
          ))}
        </ul>
        <Closing close={close} />
      </Stack>
    </Modal>
  );
}

function Closing({ close }: { close: () => void }) {
  const { t } = useI18n();
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={close} data-autofocus>
        {t("app.close")}
      </Button>
    </Group>
  );
}
