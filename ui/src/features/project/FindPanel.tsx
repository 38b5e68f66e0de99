// Looks for words in the whole book, shows every place, and replaces those that are chosen.
import { Button, Checkbox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Key } from "@/shared/i18n/en";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { asProblem } from "@/shared/api/problem";
import { searchBook } from "@/shared/projects/search";
import { Notice } from "@/shared/ui/Notice";
import { TypedLine } from "@/shared/ui/Typed";
import classes from "./Find.module.css";
import { placeKey, type Place, type Wanted } from "./find";
import { FoundChapterList } from "./FoundChapterList";
import { useReplacing, type Outcome } from "./useReplacing";

const LONGEST_WORDS = 200;
const PAUSE_MS = 250;

interface FindPanelProps {
  projectId: string;
  language: string;
  /** Hears what is looked for. */
  wanted?: (wanted: Wanted) => void;
  /** Something is typed that is not saved: it would not be found, nor replaced. */
  unsaved?: boolean;
  /** Changes when the book does: it is looked for again. */
  moved?: unknown;
}

export function FindPanel({ projectId, language, wanted, unsaved = false, moved }: FindPanelProps) {
  const { t, locale } = useI18n();
  const say = useProblemText();
  const [words, setWords] = useState("");
  const [capitals, setCapitals] = useState(false);
  const [whole, setWhole] = useState(false);
  const [replacement, setReplacement] = useState<string | null>(null);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const box = useRef<HTMLInputElement>(null);
  const replacer = useReplacing(projectId);
  const [asked] = useDebouncedValue(words, PAUSE_MS);
  const found = useQuery({
    queryKey: ["search", projectId, asked, capitals, whole, moved],
    queryFn: () => searchBook(projectId, { words: asked, case: capitals, whole }),
    enabled: asked !== "" && asked.length <= LONGEST_WORDS,
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
  });
  useEffect(() => wanted?.({ words: asked, case: capitals, whole }), [wanted, asked, capitals, whole]);
  useEffect(() => box.current?.focus(), []);
  const number = new Intl.NumberFormat(locale);
  const result = asked === "" ? undefined : found.data;
  const shown = result?.chapters.reduce((sum, { places }) => sum + places.length, 0) ?? 0;
  const chosen = new Map<string, Place[]>();
  for (const { id, places } of result?.chapters ?? []) {
    const here = places.filter((place) => !place.locked && !left.has(placeKey(place)));
    if (here.length > 0) chosen.set(id, here);
  }
  const places = [...chosen.values()].reduce((sum, here) => sum + here.length, 0);
  const choose = (keys: readonly string[], take: boolean) => {
    setLeft((before) => {
      const after = new Set(before);
      for (const key of keys) {
        if (take) after.delete(key);
        else after.add(key);
      }
      return after;
    });
  };
  const replace = async () => {
    if (replacement === null) return;
    await replacer.replace(chosen, replacement);
    setLeft(new Set());
    await found.refetch();
  };
  const undo = async () => {
    await replacer.undo?.();
    await found.refetch();
  };
  const { outcome } = replacer;
  return (
    <section className={classes["find"]} aria-label={t("find.title")} data-testid="find">
      <TypedLine ref={box} label={t("find.words")} value={words} limit={LONGEST_WORDS} type={setWords} data-testid="find-words" />
      <div className={classes["options"]}>
        <Checkbox size="sm" label={t("find.case")} checked={capitals} onChange={(event) => setCapitals(event.currentTarget.checked)} />
        <Checkbox size="sm" label={t("find.whole")} checked={whole} onChange={(event) => setWhole(event.currentTarget.checked)} />
        <Checkbox size="sm" label={t("find.replace")} checked={replacement !== null} onChange={(event) => setReplacement(event.currentTarget.checked ? "" : null)} />
      </div>
      {replacement !== null && (
        <div className={classes["replacing"]}>
          <TypedLine aria-label={t("find.replacement")} placeholder={t("find.replacement")} value={replacement} limit={LONGEST_WORDS} type={setReplacement} data-testid="find-replacement" />
          <Button size="sm" disabled={places === 0 || unsaved || found.isPlaceholderData} loading={replacer.busy} onClick={() => void replace()} data-testid="replace">
            {t(places === 1 ? "find.do.one" : "find.do", { n: number.format(places) })}
          </Button>
        </div>
      )}
      <p className={classes["said"]} role="status" data-testid="find-said">
        {unsaved && asked !== "" && `${t("find.unsaved")} `}
        {result && (result.total === 0 ? t("find.none") : t(result.total === 1 ? "find.total.one" : result.chapters.length === 1 ? "find.total.chapter" : "find.total", { n: number.format(result.total), chapters: number.format(result.chapters.length) }))}
        {result && shown < result.total && ` ${t("find.first", { n: number.format(shown) })}`}
      </p>
      {found.isError && asked !== "" && <Notice tone="danger">{say(asProblem(found.error))}</Notice>}
      {replacer.problem && <Notice tone="danger" alert>{say(replacer.problem)}</Notice>}
      {outcome && (
        <Notice
          tone={outcome.passed > 0 ? "warning" : "calm"}
          action={
            replacer.undo && (
              <Button size="xs" variant="light" loading={replacer.busy} onClick={() => void undo()} data-testid="replace-undo">
                {t("find.undo")}
              </Button>
            )
          }
        >
          <span role="status" data-testid="replaced">
            {t(saidOf(outcome), { n: number.format(outcome.done), chapters: number.format(outcome.chapters) })}
            {outcome.passed > 0 && ` ${t(outcome.passed === 1 ? "find.passed.one" : "find.passed", { n: number.format(outcome.passed) })}`}
          </span>
        </Notice>
      )}
      {result?.chapters.map((chapter) => (
        <FoundChapterList key={chapter.id} projectId={projectId} chapter={chapter} language={language} replacement={replacement} left={left} choose={choose} />
      ))}
    </section>
  );
}

function saidOf({ kind, done, chapters }: Outcome): Key {
  if (done === 1) return `find.${kind}.one`;
  return kind === "replaced" && chapters === 1 ? "find.replaced.chapter" : `find.${kind}`;
}
