// "Import a book": a file is chosen or dropped, read by the server, shown, and begun as a project. Folded until wanted.
import { Button, Progress } from "@mantine/core";
import { useRef, useState, type DragEvent } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { ImportPreview } from "@/shared/api/types";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { Icon } from "@/shared/ui/Icon";
import { Notice } from "@/shared/ui/Notice";
import { ImportDialog } from "./ImportDialog";
import { readFile } from "./readFile";
import folded from "./NewFromKeyword.module.css";
import classes from "./ImportBook.module.css";

const ACCEPTED = ".docx,.epub,.md,.markdown,.txt,text/plain,text/markdown,application/epub+zip";

interface Read {
  name: string;
  preview: ImportPreview;
}

export function ImportBook() {
  const { t } = useI18n();
  const say = useProblemText();
  const input = useRef<HTMLInputElement>(null);
  const running = useRef<AbortController | null>(null);
  const [reading, setReading] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const [read, setRead] = useState<Read | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  const take = async (file: File | undefined) => {
    if (!file || reading !== null) return;
    const asked = new AbortController();
    running.current = asked;
    setProblem(null);
    setReading(file.name);
    try {
      setRead({ name: file.name, preview: await readFile(file, asked.signal) });
    } catch (error) {
      if (!asked.signal.aborted) setProblem(asProblem(error));
    } finally {
      setReading(null);
      if (input.current) input.current.value = ""; // the same file may be chosen again
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };

  return (
    <details className={folded["box"]} data-testid="import-book">
      <summary>{t("import.new")}</summary>
      <div className={folded["form"]}>
        <p className={folded["how"]}>{t("import.new.how")}</p>
        <div
          className={classes["drop"]}
          data-over={over || undefined}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <Button leftSection={<Icon name="book" size={16} />} onClick={() => input.current?.click()} loading={reading !== null}>
            {t("import.choose")}
          </Button>
          <span>{t("import.drop")}</span>
          <input
            ref={input}
            type="file"
            hidden
            accept={ACCEPTED}
            data-testid="import-file"
            onChange={(event) => void take(event.currentTarget.files?.[0])}
          />
        </div>
        {reading !== null && (
          <div role="status" className={classes["reading"]}>
            <span>{t("import.reading", { name: reading })}</span>
            <Button variant="subtle" size="compact-sm" onClick={() => running.current?.abort()}>
              {t("import.stop")}
            </Button>
            <Progress value={100} animated size="xs" aria-label={t("import.reading", { name: reading })} />
          </div>
        )}
        {problem && (
          <Notice tone="danger" alert>
            {say(problem)}
          </Notice>
        )}
      </div>
      {read && <ImportDialog name={read.name} preview={read.preview} close={() => setRead(null)} />}
    </details>
  );
}
