// What keys do on the desk.
import { Kbd, Modal, Table } from "@mantine/core";
import type { Key } from "@/shared/i18n/en";
import { useI18n } from "@/shared/i18n/i18n";

const KEYS: readonly [string, Key][] = [
  ["Enter", "desk.key.enter"],
  ["Shift+Enter", "desk.key.line"],
  ["Backspace", "desk.key.join"],
  ["***", "desk.key.scene"],
  ["Alt+↑ / ↓", "desk.key.move"],
  ["Ctrl/⌘+Z", "desk.key.undo"],
  ["Ctrl/⌘+Shift+Z", "desk.key.redo"],
  ["Ctrl/⌘+F", "desk.key.find"],
  ["Ctrl/⌘+S", "desk.key.save"],
  ["Alt+PageUp / PageDown", "desk.key.chapter"],
  ["Ctrl/⌘+/", "desk.key.help"],
  ["Esc", "desk.key.close"],
];

export function DeskKeys({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useI18n();
  return (
    <Modal opened={opened} onClose={close} title={t("keys.title")} size="lg">
      <Table>
        <Table.Tbody>
          {KEYS.map(([key, about]) => (
            <Table.Tr key={key}>
              <Table.Td>
                <Kbd>{key}</Kbd>
              </Table.Td>
              <Table.Td>{t(about)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
