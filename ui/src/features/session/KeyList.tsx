// ? shows which keys there are.
import { Kbd, Modal, Table } from "@mantine/core";
import { useEffect, useState } from "react";
import { useI18n } from "@/shared/i18n/i18n";

const SHOW = "genesis:show-keys";

export function showKeys(): void {
  window.dispatchEvent(new Event(SHOW));
}

export function KeyList() {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const show = () => setOpen(true);
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (event.key === "?" && !/^(INPUT|TEXTAREA|SELECT)$/.test(target?.tagName ?? "")) show();
    };
    window.addEventListener(SHOW, show);
    window.addEventListener("keydown", pressed);
    return () => {
      window.removeEventListener(SHOW, show);
      window.removeEventListener("keydown", pressed);
    };
  }, []);
  const mac = navigator.userAgent.includes("Mac");
  const rows: [string[], string][] = [
    [[mac ? "⌘" : "Ctrl", "Enter"], t("keys.generate")],
    [[mac ? "⌥" : "Alt", "R"], t("keys.again")],
    [[mac ? "⌥" : "Alt", "P"], t("keys.proposal")],
    [["↑", "↓"], t("keys.fields")],
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
                    {index > 0 && (key === "↓" ? " " : " + ")}
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
}
