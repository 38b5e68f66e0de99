// What keys do on the desk.
import { Kbd, Modal, Table } from "@mantine/core";
import { Fragment } from "react";
import type { Key } from "@/shared/i18n/en";
import { useI18n } from "@/shared/i18n/i18n";
import classes from "./Desk.module.css";

const KEYS: readonly [readonly string[], Key][] = [
  [["Enter"], "desk.key.enter"],
  [["Shift+Enter"], "desk.key.line"],
  [["Backspace"], "desk.key.join"],
  [["***"], "desk.key.scene"],
  [["Alt+↑", "Alt+↓"], "desk.key.move"],
  [["Ctrl/⌘+Z"], "desk.key.undo"],
  [["Ctrl/⌘+Shift+Z"], "desk.key.redo"],
  [["Ctrl/⌘+F"], "desk.key.find"],
  [["Ctrl/⌘+S"], "desk.key.save"],
  [["Alt+PageUp", "Alt+PageDown"], "desk.key.chapter"],
  [["Ctrl/⌘+/"], "desk.key.help"],
  [["Esc"], "desk.key.close"],
];

export function DeskKeys({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useI18n();
  return (
    <Modal opened={opened} onClose={close} title={t("keys.title")} size="lg">
      <Table className={classes["keys"]}>
        <Table.Tbody>
          {KEYS.map(([keys, about]) => (
            <Table.Tr key={about}>
              <Table.Td>
                {keys.map((key) => (
                  <Fragment key={key}>
                    <Kbd>{key}</Kbd>{" "}
                  </Fragment>
                ))}
              </Table.Td>
              <Table.Td>{t(about)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
