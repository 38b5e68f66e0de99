// The tree of branches: the session, what it came from, all that left from any of these; where each left, how it stands.
import { Button, Loader, Modal, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { ask, client } from "@/shared/api/client";
import type { SessionFamily, SessionItem } from "@/shared/api/types";
import { inSight, type Place } from "@/shared/content/figures/places";
import { treeStep } from "@/shared/content/figures/treeStepping";
import { useI18n } from "@/shared/i18n/i18n";
import { ago } from "@/shared/lib/time";
import { Icon } from "@/shared/ui/Icon";
import { Coming } from "@/shared/ui/Coming";
import { useSession } from "../context";
import { useTime } from "./context";
import { Differences } from "./Differences";
import { branchTree } from "./family";
import { entryAt, useEventText } from "./useEventText";
import classes from "./Family.module.css";

/** From here on nothing is moved in any further: a narrow page has no room for it. */
const DEEP = 6;

export function Family({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useI18n();
  const [compared, setCompared] = useState(false);
  return (
    <Modal
      opened={opened}
      onClose={close}
      closeOnEscape={!compared} // it closes what lies above it first
      size="lg"
      title={t("tree.branches.title")}
    >
      <Found close={close} compared={compared} compare={setCompared} />
    </Modal>
  );
}

interface FoundProps {
  close: () => void;
  /** What differs from the chosen session is shown above the tree. */
  compared: boolean;
  compare: (compared: boolean) => void;
}

function Found(props: FoundProps) {
  const { state } = useSession();
  const { head } = useTime();
  const { session_id } = state;
  const found = useQuery({
    queryKey: ["family", session_id],
    queryFn: () =>
      ask<SessionFamily>(
        client.GET("/api/v1/genesis/{session_id}/family", { params: { path: { session_id }, query: { min_version: head } } }),
      ),
    staleTime: 0,
  });
  if (found.data) return <Tree family={found.data} {...props} />;
  return found.isError ? <Coming asked={{ data: null, failed: true, again: () => void found.refetch() }} /> : <Loader size="sm" />;
}

const NONE: ReadonlySet<number> = new Set();

function Tree({ family, ...props }: FoundProps & { family: SessionFamily }) {
  const { t } = useI18n();
  const { state } = useSession();
  const { items, more } = family;
  const tops = useMemo(() => branchTree(items), [items]);
  const own = items.findIndex(({ session_id }) => session_id === state.session_id);
  const [folded, setFolded] = useState<ReadonlySet<number>>(NONE);
  const [focused, setFocused] = useState(own);
  const [chosen, setChosen] = useState<number | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const keys = useId();
  const shown = inSight(tops, folded);
  const here = shown.find(({ place }) => place.index === focused) ?? shown[0];
  const pressed = (event: React.KeyboardEvent, place: Place) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      setChosen(place.index);
      return;
    }
    const step = treeStep(shown, folded, place, event.key);
    if (step === null) return;
    event.preventDefault();
    if ("fold" in step) {
      const after = new Set(folded);
      if (step.fold) after.add(place.index);
      else after.delete(place.index);
      setFolded(after);
    } else list.current?.querySelector<HTMLElement>(`[data-place="${step.to}"]`)?.focus();
  };
  useEffect(() => {
    list.current?.querySelector<HTMLElement>("[tabindex='0']")?.focus();
  }, []);
  const picked = chosen === null ? undefined : items[chosen];
  return (
    <div data-testid="family">
      <p className={classes["hint"]}>{t(items.length > 1 ? "tree.branches.hint" : "tree.branches.alone")}</p>
      <VisuallyHidden id={keys}>{t("tree.branches.keys")}</VisuallyHidden>
      <ul ref={list} role="tree" className={classes["tree"]} aria-label={t("tree.branches.title")} aria-describedby={keys}>
        {shown.map(({ place, level, parent }) => {
          const item = items[place.index];
          if (!item) return null;
          const beside = parent?.children ?? tops;
          return (
            <li
              key={place.id}
              role="treeitem"
              className={classes["item"]}
              data-testid="family-session"
              data-place={place.index}
              data-own={place.index === own || undefined}
              style={{ "--depth": Math.min(level, DEEP) - 1 } as React.CSSProperties}
              aria-level={level}
              aria-setsize={beside.length}
              aria-posinset={beside.indexOf(place) + 1}
              aria-expanded={place.children.length > 0 ? !folded.has(place.index) : undefined}
              aria-selected={place.index === chosen}
              aria-current={place.index === own ? "true" : undefined}
              tabIndex={here?.place === place ? 0 : -1}
              onFocus={() => setFocused(place.index)}
              onKeyDown={(event) => pressed(event, place)}
              onClick={() => setChosen(place.index)}
            >
              <Line item={item} own={place.index === own} level={level} folded={folded.has(place.index)} />
            </li>
          );
        })}
      </ul>
      {more > 0 && <p className={classes["hint"]}>{t("tree.branches.more", { n: more })}</p>}
      <div aria-live="polite">
        {picked && <Chosen key={picked.session_id} item={picked} items={items} own={chosen === own} {...props} />}
      </div>
    </div>
  );
}

/** All of it in words: what a screen reader reads is what stands there. */
function Line({ item, own, level, folded }: { item: SessionItem; own: boolean; level: number; folded: boolean }) {
  const { t } = useI18n();
  const left = useLeftAt();
  return (
    <>
      <span className={classes["twist"]} aria-hidden="true">
        <Icon name={folded ? "right" : level > 1 ? "branch" : "pen"} size={14} />
      </span>
      <span className={classes["line"]}>
      {level > DEEP && <span className={classes["level"]}>{level}</span>}
      <span className={classes["name"]} dir="auto">
        {item.title || t("dash.untitled")}
      </span>
      {own && <strong className={classes["own"]}>{t("tree.branches.this")}</strong>}
      <span className={classes["facts"]}>
        {[left(item), `${t(`status.${item.status}`)}${item.is_pending ? ` (${t("dash.working")})` : ""}`, t(item.version === 1 ? "tree.branches.event" : "tree.branches.events", { n: item.version })]
          .filter((part) => part !== "")
          .join(" · ")}
      </span>
      </span>
    </>
  );
}

/** Where a session left its source: in words where the source is the one that is on the page. */
function useLeftAt(): (item: SessionItem) => string {
  const { t } = useI18n();
  const { state } = useSession();
  const { history } = useTime();
  const text = useEventText();
  return (item) => {
    const n = item.source_version;
    if (item.source_session_id === null || n === null) return "";
    const entry = item.source_session_id === state.session_id ? entryAt(history, n) : null;
    return entry ? t("tree.branches.fromWhat", { n, what: text(entry) }) : t("tree.branches.from", { n });
  };
}

interface ChosenProps extends FoundProps {
  item: SessionItem;
  items: readonly SessionItem[];
  own: boolean;
}

function Chosen({ item, items, own, close, compared, compare }: ChosenProps) {
  const { t, locale } = useI18n();
  const { state, moment } = useSession();
  const { head, place } = useTime();
  const navigate = useNavigate();
  const left = useLeftAt();
  const source = items.find(({ session_id }) => session_id === item.source_session_id);
  const at = item.source_version;
  const leave = (address: string) => {
    close();
    void navigate(address);
  };
  return (
    <div className={classes["chosen"]} data-testid="family-chosen">
      <strong dir="auto">{item.title || t("dash.untitled")}</strong>
      <p className={classes["hint"]}>
        {[left(item), t("dash.stages", { done: item.confirmed_stages, all: 5 }), t("dash.changed", { when: ago(item.last_event_at, locale) })]
          .filter((part) => part !== "")
          .join(" · ")}
      </p>
      {item.source_session_id !== null && !source && <p className={classes["hint"]}>{t("tree.branches.source")}</p>}
      <div className={classes["ways"]}>
        {!own && (
          <>
            <Button size="xs" data-testid="family-open" onClick={() => leave(`/sessions/${item.session_id}`)}>
              {t("tree.branches.open")}
            </Button>
            <Button size="xs" variant="light" data-testid="family-compare" onClick={() => compare(true)}>
              {t("tree.branches.compare")}
            </Button>
          </>
        )}
        {source && at !== null && (
          <Button size="xs" variant="subtle" data-testid="family-moment" onClick={() => leave(`/sessions/${source.session_id}?at=${at}`)}>
            {t("tree.branches.moment")}
          </Button>
        )}
      </div>
      {!own && (
        <Differences
          opened={compared}
          close={() => compare(false)}
          before={{
            id: state.session_id,
            version: moment === null ? null : place,
            name: `${t("tree.branches.this")}, ${moment === null ? t("past.now") : t("past.place", { n: place ?? head, head })}`,
          }}
          after={{ id: item.session_id, version: null, name: [item.title || t("dash.untitled"), left(item)].filter((part) => part !== "").join(", ") }}
        />
      )}
    </div>
  );
}
