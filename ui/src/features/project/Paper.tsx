// The page that the chapter is written on: one text over its paragraphs, with locked ones marked.
import { Button } from "@mantine/core";
import { useRef } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { Icon } from "@/shared/ui/Icon";
import "prosemirror-view/style/prosemirror.css";
import { useEditor } from "./editor/useEditor";
import classes from "./Paper.module.css";
import { useNamedPlace } from "./useNamedPlace";
import type { Manuscript } from "./useManuscript";

interface PaperProps {
  manuscript: Manuscript;
  language: string;
  /** How it is written on: on the chapter's page, or alone on the desk. */
  alone?: boolean;
  focused?: boolean;
  typewriter?: boolean;
  find?: RegExp | null;
}

export function Paper({ manuscript, language, alone = false, focused = false, typewriter = false, find = null }: PaperProps) {
  const { t } = useI18n();
  const place = useRef<HTMLDivElement>(null);
  const here = useEditor(place, manuscript, {
    attributes: {
      class: classes["paper"]!,
      role: "textbox",
      "aria-multiline": "true",
      "aria-label": t("chapter.text"),
      lang: language,
      spellcheck: "true",
      "data-testid": "manuscript",
    },
    placeholder: t("chapter.placeholder"),
    typewriter,
    find,
  });
  useNamedPlace();
  const block = manuscript.blocks.find(({ id }) => id === here);
  const locked = manuscript.blocks.filter((one) => one.locked).length;
  return (
    <>
      <div className={classes["tools"]}>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<Icon name={block?.locked ? "unlock" : "lock"} size={15} />}
          disabled={block === undefined || manuscript.locks.busy}
          onMouseDown={(event) => event.preventDefault()} // the caret stays where it is
          onClick={() => block && manuscript.locks.set(block.id, !block.locked)}
          data-testid="lock"
        >
          {t(block?.locked ? "block.unlock" : "block.lock")}
        </Button>
        <span className={classes["said"]} role="status" data-testid="locked">
          {manuscript.locks.refused ? t("block.refused") : locked === 1 ? t("block.one") : locked > 1 ? t("block.some", { n: locked }) : ""}
        </span>
      </div>
      <div ref={place} className={classes["sheet"]} data-alone={alone || undefined} data-focused={focused || undefined} />
    </>
  );
}
