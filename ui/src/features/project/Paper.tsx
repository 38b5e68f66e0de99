// The page that the chapter is written on: its text, with locked paragraphs marked behind it.
import { Button } from "@mantine/core";
import { useLayoutEffect, useRef, useState, type ReactNode } from "react";
import type { Block } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { Icon } from "@/shared/ui/Icon";
import { TEXT_ID } from "./DraftPanel";
import { blockAt, lockedIn, type Stretch } from "./locks";
import classes from "./Paper.module.css";
import { useNamedPlace } from "./useNamedPlace";
import type { Manuscript } from "./useManuscript";

interface PaperProps {
  manuscript: Manuscript;
  language: string;
  /** The chapter as it was opened: what an address may name. */
  named: readonly Block[];
}

export function Paper({ manuscript, language, named }: PaperProps) {
  const { t } = useI18n();
  const box = useRef<HTMLTextAreaElement>(null);
  const behind = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<number | null>(null);
  const { placed, text, blocks } = manuscript;
  useNamedPlace(box, named);
  useLayoutEffect(() => {
    const found = box.current;
    if (placed.caret !== null && found && document.activeElement === found) found.setSelectionRange(placed.caret, placed.caret);
  }, [placed]);
  const locked = lockedIn(blocks, text);
  const here = place === null ? null : blockAt(blocks, text, place);
  return (
    <>
      <div className={classes["tools"]}>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<Icon name={here?.locked ? "unlock" : "lock"} size={15} />}
          disabled={here === null || manuscript.locks.busy}
          onMouseDown={(event) => event.preventDefault()} // the caret stays where it is
          onClick={() => here && manuscript.locks.set(here.id, !here.locked)}
          data-testid="lock"
        >
          {t(here?.locked ? "block.unlock" : "block.lock")}
        </Button>
        <span className={classes["said"]} role="status" data-testid="locked">
          {manuscript.locks.refused ? t("block.refused") : locked.length === 1 ? t("block.one") : locked.length > 1 ? t("block.some", { n: locked.length }) : ""}
        </span>
      </div>
      <div className={classes["sheet"]}>
        {locked.length > 0 && (
          <div ref={behind} className={classes["marks"]} aria-hidden dir="auto" lang={language}>
            {marked(text, locked)}
          </div>
        )}
        <textarea
          ref={box}
          id={TEXT_ID}
          className={classes["paper"]}
          value={text}
          onChange={({ currentTarget }) => manuscript.write(currentTarget.value, currentTarget.selectionStart)}
          onSelect={({ currentTarget }) => {
            manuscript.moveCaret(currentTarget.selectionStart);
            setPlace(currentTarget.selectionStart);
          }}
          onScroll={({ currentTarget }) => {
            if (behind.current) behind.current.scrollTop = currentTarget.scrollTop;
          }}
          onBlur={manuscript.save}
          aria-label={t("chapter.text")}
          placeholder={t("chapter.placeholder")}
          dir="auto"
          lang={language}
          spellCheck
          data-testid="manuscript"
        />
      </div>
    </>
  );
}

function marked(text: string, locked: readonly Stretch[]): ReactNode[] {
  const shown: ReactNode[] = [];
  let at = 0;
  for (const { from, to } of locked) {
    shown.push(text.slice(at, from), <mark key={from}>{text.slice(from, to)}</mark>);
    at = to;
  }
  return [...shown, text.slice(at), "\n"];
}
