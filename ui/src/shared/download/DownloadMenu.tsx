// Offers a document as a file, in the formats that readers, printers and word processors take.
import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, Tooltip, VisuallyHidden } from "@mantine/core";
import { useState } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { saveFile } from "@/shared/lib/saveFile";
import { GuardedIcon } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import type { Missing } from "./answer";
import { type Format, FORMATS, type MadeFile } from "./files";

interface DownloadMenuProps {
  /** What is downloaded, for tests. */
  name: string;
  label: string;
  /** What it is a file of; stands over the formats. */
  about: string;
  /** The title of what is said when there was no file. */
  failed: string;
  /** Why there can be no file now; null: there can. */
  nothing: string | null;
  fetchFile: (format: Format) => Promise<MadeFile>;
}

export function DownloadMenu({ name, label, about, failed, nothing, fetchFile }: DownloadMenuProps) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  const [making, setMaking] = useState(false);
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [missing, setMissing] = useState<Missing[]>([]);

  const save = async (format: Format) => {
    setMaking(true);
    setSaid(t("download.making"));
    try {
      const found = await fetchFile(format);
      saveFile(found.file, found.name);
      setMissing(found.missing);
      setSaid(t("download.done"));
    } catch (error) {
      setProblem(asProblem(error));
      setSaid("");
    } finally {
      setMaking(false);
    }
  };

  return (
    <>
      {nothing !== null ? (
        <GuardedIcon
          label={label}
          why={nothing}
          onClick={() => undefined}
          variant="subtle"
          color="gray"
          size="lg"
          data-testid={`${name}-menu`}
        >
          <Icon name="download" />
        </GuardedIcon>
      ) : (
        <Menu width={280} opened={open} onChange={setOpen}>
          <Menu.Target>
            {/* below, as there it lies over nothing that is used; the open menu says it itself */}
            <Tooltip label={label} position="bottom" disabled={open}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={label}
                loading={making}
                data-testid={`${name}-menu`}
              >
                <Icon name="download" />
              </ActionIcon>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{about}</Menu.Label>
            {FORMATS.map((format) => (
              <Menu.Item key={format} data-testid={`${name}-${format}`} onClick={() => void save(format)}>
                {t(`download.${format}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      <Failed title={failed} problem={problem} close={() => setProblem(null)} />
      <Lacking missing={missing} close={() => setMissing([])} />
    </>
  );
}

function Failed({ title, problem, close }: { title: string; problem: Problem | null; close: () => void }) {
  const { t } = useI18n();
  const say = useProblemText();
  return (
    <Modal opened={problem !== null} onClose={close} title={title}>
      <Stack>
        <Text size="sm">{problem && say(problem)}</Text>
        <Text size="sm">{t("download.safe")}</Text>
        <Closing close={close} />
      </Stack>
    </Modal>
  );
}

function Lacking({ missing, close }: { missing: Missing[]; close: () => void }) {
  const { t } = useI18n();
  const places = (one: Missing) => one.places.map((place) => place || t("download.missing.title")).join("; ");
  return (
    <Modal opened={missing.length > 0} onClose={close} title={t("download.missing")}>
      <Stack>
        <Text size="sm">{t("download.missing.text")}</Text>
        <ul data-testid="missing-glyphs">
          {missing.map((one) => (
            <li key={one.characters} dir="auto">
              {t("download.missing.in", { characters: one.characters, places: places(one) })}
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
