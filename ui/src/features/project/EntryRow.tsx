// One entry of the contents: opened, renamed, moved by buttons or Alt and the arrows, removed.
import { ActionIcon } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";
import { Link } from "react-router";
import type { ContentsEntry, Project } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { useWordsText } from "@/shared/projects/useWordsText";
import { Icon, type IconName } from "@/shared/ui/Icon";
import classes from "./Project.module.css";
import { step } from "./steps";
import { TitleForm } from "./TitleForm";
import type { Contents } from "./useContents";

interface EntryRowProps {
  project: Project;
  entry: ContentsEntry;
  contents: Contents;
  remove: (entry: ContentsEntry) => Promise<void>;
  say: (words: string) => void;
}

export function EntryRow({ project, entry, contents, remove, say }: EntryRowProps) {
  const { t } = useI18n();
  const [renaming, setRenaming] = useState(false);
  const { title } = entry;
  const move = async (way: -1 | 1) => {
    const to = step(project.contents, entry, way);
    if (to === null || contents.busy) return;
    const done = await contents.give({ command_type: "MOVE_ENTRY", payload: { entry_id: entry.id, ...to } });
    if (done) say(t("project.moved", { title, n: to.position + 1 }));
  };
  const press = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    void move(event.key === "ArrowUp" ? -1 : 1);
  };
  if (renaming) {
    const save = async (typed: string) => {
      const done = await contents.give({ command_type: "RENAME_ENTRY", payload: { entry_id: entry.id, title: typed } });
      if (done) setRenaming(false);
    };
    return (
      <li className={classes["row"]} data-kind={entry.kind}>
        <TitleForm title={title} save={save} cancel={() => setRenaming(false)} busy={contents.busy} />
      </li>
    );
  }
  return (
    // the keys are those of the links and buttons inside it
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <li
      className={classes["row"]}
      data-kind={entry.kind}
      data-testid="entry"
      style={{ "--depth": entry.depth - 1 } as React.CSSProperties}
      onKeyDown={press}
    >
      <div className={classes["entry"]}>
        {entry.kind === "chapter" ? (
          <Link to={`/projects/${project.id}/chapters/${entry.id}`} dir="auto" data-testid="entry-title">
            {title}
          </Link>
        ) : (
          <span dir="auto" data-testid="entry-title">
            {title}
          </span>
        )}
        {entry.kind !== "section" && <EntryFacts entry={entry} language={project.language} />}
      </div>
      <div className={classes["tools"]}>
        <Tool icon="up" label={t("project.up", { title })} act={() => void move(-1)} off={!step(project.contents, entry, -1)} />
        <Tool icon="down" label={t("project.down", { title })} act={() => void move(1)} off={!step(project.contents, entry, 1)} />
        <Tool icon="edit" label={t("project.rename.of", { title })} act={() => setRenaming(true)} />
        <Tool icon="trash" label={t("project.remove", { title })} act={() => void remove(entry)} />
      </div>
    </li>
  );
}

function EntryFacts({ entry, language }: { entry: ContentsEntry; language: string }) {
  const { t } = useI18n();
  const length = useWordsText();
  return (
    <span className={classes["entryFacts"]}>
      {entry.status && <span className={classes["status"]}>{t(`chapter.status.${entry.status}`)}</span>}
      {length(language, entry.words, entry.target_words)}
    </span>
  );
}

function Tool({ icon, label, act, off = false }: { icon: IconName; label: string; act: () => void; off?: boolean }) {
  // what cannot be done keeps the focus: a button that is disabled while it is pressed would lose it
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} title={label} aria-disabled={off} data-disabled={off || undefined} onClick={off ? undefined : act}>
      <Icon name={icon} size={16} />
    </ActionIcon>
  );
}
