// A new part, chapter or section, at the end of where it belongs.
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import type { EntryKind, Project } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { Icon } from "@/shared/ui/Icon";
import { TypedLine } from "@/shared/ui/Typed";
import classes from "./Project.module.css";
import { endOf } from "./steps";
import { LONGEST_TITLE } from "./TitleForm";
import type { Contents } from "./useContents";

const KINDS: readonly EntryKind[] = ["chapter", "part", "section"];

export function AddEntry({ project, contents }: { project: Project; contents: Contents }) {
  const { t } = useI18n();
  const [kind, setKind] = useState<EntryKind>("chapter");
  const [title, setTitle] = useState("");
  const [under, setUnder] = useState("");
  const chapters = project.contents.filter((entry) => entry.kind === "chapter");
  const parent = kind === "section" ? (chapters.find(({ id }) => id === under) ?? chapters.at(-1))?.id : endOf(project.contents, kind);
  const can = title.trim() !== "" && title.length <= LONGEST_TITLE && parent !== undefined;
  const add = async () => {
    const payload = { kind, title, parent_id: parent ?? null };
    if (await contents.give({ command_type: "ADD_ENTRY", payload })) setTitle("");
  };
  return (
    <form
      className={classes["add"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (can && !contents.busy) void add();
      }}
    >
      <NativeSelect
        aria-label={t("project.add.kind")}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value as EntryKind)}
        data={KINDS.filter((one) => one !== "section" || chapters.length > 0).map((one) => ({ value: one, label: t(`project.kind.${one}`) }))}
      />
      {kind === "section" && (
        <NativeSelect
          aria-label={t("project.add.under")}
          value={parent ?? ""}
          onChange={(event) => setUnder(event.currentTarget.value)}
          data={chapters.map((chapter) => ({ value: chapter.id, label: chapter.title }))}
        />
      )}
      <TypedLine aria-label={t("project.add.title")} placeholder={t("project.add.title")} value={title} limit={LONGEST_TITLE} type={setTitle} />
      <Button type="submit" leftSection={<Icon name="plus" size={16} />} disabled={!can} loading={contents.busy}>
        {t("project.add")}
      </Button>
    </form>
  );
}
