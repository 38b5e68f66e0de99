// ? shows which keys there are.
import { Kbd, Modal, Table } from "@mantine/core";
import { memo, useEffect, useState } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { useKeys } from "@/shared/lib/keys";

const SHOW = "genesis:show-keys";

export function showKeys(): void {
  window.dispatchEvent(new Event(SHOW));
}

const KEYS = { help: showKeys };

export const KeyList = memo(function KeyList() {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const show = () => setOpen(true);
    window.addEventListener(SHOW, show);
    return () => window.removeEventListener(SHOW, show);
  }, []);
  useKeys(KEYS);
  const mac = navigator.userAgent.includes("Mac");
  const rows: [string[], string][] = [
    [[mac ? "⌘" : "Ctrl", "Enter"], t("keys.generate")],
    [[mac ? "⌥" : "Alt", "R"], t("keys.again")],
    [[mac ? "⌥" : "Alt", "P"], t("keys.proposal")],
    [[mac ? "⌥" : "Alt", "O"], t("keys.origins")],
    [["↑", "↓"], t("keys.fields")],
    [["←", "→"], t("keys.event")],
    [["Shift", "←", "→"], t("keys.stage")],
    [["Home", "End"], t("keys.ends")],
    [[t("keys.space")], t("keys.play")],
    [["Esc"], t("keys.stop")],
    [["?"], t("keys.help")],
  ];
  return (
    <Modal opened={open} onClose={() => setOpen(false)} title={t("keys.title")}>
      <Table>
        <Table.Tbody>
          {rows.map(([keys, does]) => (
            <Table.Tr key={does}>
              <Table.Td style={{ whiteSpace: "nowrap" }}>
                {keys.map((key, index) => (
                  <span key={key}>
                    {index > 0 && (["↓", "→", "End"].includes(key) ? " " : " + ")}
                    <Kbd>{key}</Kbd>
                  </span>
                ))}
              </Table.Td>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
});
