// The chapters as cards: read at a glance, and ordered by dragging them or by Alt and the arrows.
import { VisuallyHidden } from "@mantine/core";
import { useState, type DragEvent, type KeyboardEvent } from "react";
import { Link } from "react-router";
import type { ContentsEntry, Project } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { useWordsText } from "@/shared/projects/useWordsText";
import cards from "./Contents.module.css";
import classes from "./Project.module.css";
import { step } from "./steps";
import type { Contents } from "./useContents";

interface BoardProps {
  project: Project;
  contents: Contents;
  say: (words: string) => void;
}

export function Corkboard({ project, contents, say }: BoardProps) {
  const { t } = useI18n();
  const [held, setHeld] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const shown = project.contents.filter(({ kind }) => kind === "chapter" || kind === "part");
  const move = async (entry: ContentsEntry, to: { parent_id: string | null; position: number } | null) => {
    if (to === null || contents.busy) return;
    const done = await contents.give({ command_type: "MOVE_ENTRY", payload: { entry_id: entry.id, ...to } });
    if (done) say(t("project.moved", { title: entry.title, n: to.position + 1 }));
  };
  const drop = (onto: ContentsEntry) => {
    const entry = shown.find(({ id }) => id === held);
    setHeld(null);
    setOver(null);
    if (!entry || entry.id === onto.id) return;
    void move(entry, placeAt(onto));
  };
  return (
    <>
      <VisuallyHidden id="board-keys">{t("board.keys")}</VisuallyHidden>
      <ol className={cards["cards"]} aria-describedby="board-keys" aria-labelledby="contents" data-testid="board">
        {shown.map((entry) => (
          <Card
            key={entry.id}
            project={project}
            entry={entry}
            over={over === entry.id && held !== entry.id}
            press={(way) => void move(entry, step(project.contents, entry, way))}
            drag={entry.kind === "chapter" ? () => setHeld(entry.id) : null}
            hover={(event) => {
              if (held === null) return;
              event.preventDefault();
              setOver(entry.id);
            }}
            drop={() => drop(entry)}
          />
        ))}
      </ol>
    </>
  );
}

/** Where a chapter that is dropped on this card goes: its place, or the beginning of a part. */
export function placeAt(onto: ContentsEntry): { parent_id: string | null; position: number } {
  if (onto.kind === "part") return { parent_id: onto.id, position: 0 };
  // counted with the moved one left out: dragged down it ends behind the card, dragged up before it
  return { parent_id: onto.parent_id, position: onto.position };
}

interface CardProps {
  project: Project;
  entry: ContentsEntry;
  over: boolean;
  press: (way: -1 | 1) => void;
  drag: (() => void) | null;
  hover: (event: DragEvent) => void;
  drop: () => void;
}

function Card({ project, entry, over, press, drag, hover, drop }: CardProps) {
  const { t } = useI18n();
  const length = useWordsText();
  const key = (event: KeyboardEvent) => {
    const way = event.key === "ArrowLeft" || event.key === "ArrowUp" ? -1 : event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : null;
    if (!event.altKey || way === null) return;
    event.preventDefault();
    press(way);
  };
  if (entry.kind === "part") {
    return (
      <li className={cards["boardPart"]} data-over={over || undefined} onDragOver={hover} onDrop={drop}>
        <h3 dir="auto">{entry.title}</h3>
      </li>
    );
  }
  return (
    // the keys are those of the link inside it
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <li className={cards["card"]} draggable data-over={over || undefined} data-testid="board-card" onKeyDown={key} onDragStart={drag ?? undefined} onDragOver={hover} onDrop={drop}>
      <Link to={`/projects/${project.id}/chapters/${entry.id}`} dir="auto" draggable={false}>
        {entry.title}
      </Link>
      {entry.summary && (
        <p dir="auto" lang={project.language}>
          {entry.summary}
        </p>
      )}
      <p className={classes["draftCost"]}>
        {entry.status && `${t(`chapter.status.${entry.status}`)} · `}
        {length(project.language, entry.words, entry.target_words)}
      </p>
    </li>
  );
}
