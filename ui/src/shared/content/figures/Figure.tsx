// The frame of a picture of a content: its name, the picture or the same as a list, and the text of what was chosen in it.
// The list is always there for screen readers and in print.
import { ActionIcon, Button } from "@mantine/core";
import { useEffect, useId, useRef, useState, type ReactNode, type RefObject } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { Icon } from "@/shared/ui/Icon";
import classes from "./Figure.module.css";

export interface Chosen {
  title: string;
  /** What stands quietly under the name. */
  facts?: string;
  body: ReactNode;
  /** JSON pointer of the item that it is in the content; null: it has none of its own. */
  path: string | null;
}

interface FigureProps {
  kind: "plot" | "relations" | "places";
  title: string;
  /** The same in words, as a table or a list. Nothing in it can be focused. */
  list: ReactNode;
  hint: string;
  chosen: Chosen | null;
  close: () => void;
  children: ReactNode;
}

export function Figure({ kind, title, list, hint, chosen, close, children }: FigureProps) {
  const { t } = useI18n();
  const frame = useRef<HTMLElement>(null);
  const [listed, setListed] = useState(false);
  const id = useId();
  useEscape(frame, chosen !== null && !listed ? close : null);
  return (
    <figure
      ref={frame}
      className={classes["figure"]}
      data-testid={`figure-${kind}`}
      aria-labelledby={id}
    >
      <figcaption className={classes["caption"]}>
        <span id={id} className={classes["title"]}>
          {title}
        </span>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          className={classes["toggle"] ?? ""}
          data-figure-tool
          data-testid="figure-toggle"
          onClick={() => setListed(!listed)}
        >
          {t(listed ? "figure.asPicture" : "figure.asList")}
        </Button>
      </figcaption>
      <div className={classes["picture"]} data-hidden={listed || undefined}>
        {children}
      </div>
      <div className={classes["list"]} data-shown={listed || undefined} data-testid="figure-list">
        {list}
      </div>
      {!listed && (
        <div className={classes["details"]} aria-live="polite" data-open={chosen !== null || undefined} data-testid="figure-details">
          {chosen ? <Details chosen={chosen} frame={frame} close={close} /> : <p className={classes["hint"]}>{hint}</p>}
        </div>
      )}
    </figure>
  );
}

interface DetailsProps {
  chosen: Chosen;
  frame: RefObject<HTMLElement | null>;
  close: () => void;
}

function Details({ chosen, frame, close }: DetailsProps) {
  const { t } = useI18n();
  const path = chosen.path;
  return (
    <>
      <div className={classes["detailsHead"]}>
        <strong dir="auto">{chosen.title || "…"}</strong>
        <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t("figure.close")} onClick={close}>
          <Icon name="close" size={14} />
        </ActionIcon>
      </div>
      {chosen.facts && <p className={classes["facts"]}>{chosen.facts}</p>}
      <div className={classes["body"]}>{chosen.body}</div>
      {path !== null && (
        <Button size="compact-sm" variant="subtle" className={classes["go"] ?? ""} onClick={() => goTo(frame.current, path)}>
          {t("figure.toFields")}
        </Button>
      )}
    </>
  );
}

/** Escape closes what is open in the picture, and stops nothing that is being written. */
function useEscape(frame: RefObject<HTMLElement | null>, close: (() => void) | null): void {
  useEffect(() => {
    const element = frame.current;
    if (element === null || close === null) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      close();
    };
    element.addEventListener("keydown", pressed);
    return () => element.removeEventListener("keydown", pressed);
  });
}

/** Leads to the fields of an item, which stand below the picture in the same text. */
function goTo(frame: HTMLElement | null, path: string): void {
  const item = frame?.parentElement?.querySelector<HTMLElement>(`[data-item="${CSS.escape(path)}"]`);
  if (!item) return;
  item.tabIndex = -1;
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block: "start" });
}
