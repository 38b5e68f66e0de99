// One title, to type anew.
import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { TypedLine } from "@/shared/ui/Typed";
import classes from "./Project.module.css";

export const LONGEST_TITLE = 500;

interface TitleFormProps {
  title: string;
  busy: boolean;
  save: (title: string) => Promise<void>;
  cancel: () => void;
}

export function TitleForm({ title, busy, save, cancel }: TitleFormProps) {
  const { t } = useI18n();
  const [typed, setTyped] = useState(title);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  const can = typed.trim() !== "" && typed.length <= LONGEST_TITLE;
  return (
    <form
      ref={form}
      className={classes["titleForm"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (can && !busy) void save(typed);
      }}
    >
      <TypedLine
        aria-label={t("project.name")}
        value={typed}
        limit={LONGEST_TITLE}
        type={setTyped}
        onKeyDown={(event) => {
          if (event.key === "Escape") cancel();
        }}
      />
      <Button type="submit" size="sm" disabled={!can} loading={busy}>
        {t("project.save")}
      </Button>
      <Button size="sm" variant="subtle" color="gray" onClick={cancel}>
        {t("project.cancel")}
      </Button>
    </form>
  );
}
