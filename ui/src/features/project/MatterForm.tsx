// What stands before and after a book's text, and what shops are told: every field is optional, all are saved together.
import { Button, Checkbox } from "@mantine/core";
import { useState } from "react";
import type { Project } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { TypedArea, TypedLine } from "@/shared/ui/Typed";
import classes from "./Project.module.css";
import type { Contents } from "./useContents";

const LIMITS = {
  subtitle: 400,
  author: 400,
  description: 4_000,
  copyright: 20_000,
  dedication: 20_000,
  acknowledgements: 20_000,
  about_author: 20_000,
} as const;
type Field = keyof typeof LIMITS;
const FIELDS = Object.keys(LIMITS) as Field[];
const LINES: readonly Field[] = ["subtitle", "author"];

export function MatterForm({ project, contents }: { project: Project; contents: Contents }) {
  const { t } = useI18n();
  // what was saved elsewhere is shown until something is typed here
  const [typed, setTyped] = useState<Partial<Project["matter"]>>({});
  const [saved, setSaved] = useState(false);
  const matter = { ...project.matter, ...typed };
  const change = (part: Partial<Project["matter"]>) => {
    setSaved(false);
    setTyped({ ...typed, ...part });
  };
  const fits = FIELDS.every((field) => (matter[field] ?? "").length <= LIMITS[field]);
  const changed = Object.keys(typed).length > 0;
  const save = async () => {
    if (await contents.give({ command_type: "DESCRIBE_BOOK", payload: { matter } })) {
      setTyped({});
      setSaved(true);
    }
  };
  return (
    <form
      className={classes["planForm"]}
      data-testid="matter-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (fits && !contents.busy) void save();
      }}
    >
      {FIELDS.map((field) =>
        LINES.includes(field) ? (
          <TypedLine key={field} label={t(`matter.${field}`)} value={matter[field] ?? ""} limit={LIMITS[field]} type={(text) => change({ [field]: text })} />
        ) : (
          <TypedArea
            key={field}
            label={t(`matter.${field}`)}
            description={field === "copyright" ? t("matter.copyright.hint") : undefined}
            minRows={1}
            value={matter[field] ?? ""}
            limit={LIMITS[field]}
            type={(text) => change({ [field]: text })}
          />
        ),
      )}
      <Checkbox
        label={t("matter.tells_ai_use")}
        description={t("matter.tells_ai_use.hint")}
        checked={matter.tells_ai_use ?? false}
        onChange={(event) => change({ tells_ai_use: event.currentTarget.checked })}
      />
      <div className={classes["choices"]}>
        <Button type="submit" size="sm" disabled={!fits || !changed} loading={contents.busy}>
          {t("matter.save")}
        </Button>
        <span role="status">{saved && t("matter.saved")}</span>
      </div>
    </form>
  );
}
