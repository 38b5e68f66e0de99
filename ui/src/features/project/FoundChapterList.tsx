// The places of one chapter in which words were found: a link to each, and whether it is replaced.
import { Link } from "react-router";
import { useI18n } from "@/shared/i18n/i18n";
import type { BookSearch } from "@/shared/projects/search";
import classes from "./Find.module.css";
import { placeKey } from "./find";
import { placeName } from "./useNamedPlace";

type FoundChapter = BookSearch["chapters"][number];

/** So many characters of a paragraph are told behind a place, or as many as there are. */
const AROUND = 48;

interface FoundChapterListProps {
  projectId: string;
  chapter: FoundChapter;
  language: string;
  /** Null: nothing is to be replaced. */
  replacement: string | null;
  /** Places that are not to be replaced. */
  left: ReadonlySet<string>;
  choose: (keys: readonly string[], take: boolean) => void;
}

export function FoundChapterList({ projectId, chapter, language, replacement, left, choose }: FoundChapterListProps) {
  const { t, locale } = useI18n();
  const number = new Intl.NumberFormat(locale);
  const free = chapter.places.filter(({ locked }) => !locked).map(placeKey);
  const taken = free.filter((key) => !left.has(key)).length;
  return (
    <div className={classes["chapter"]} data-testid="found-chapter">
      <h3>
        {replacement !== null && (
          <input
            type="checkbox"
            aria-label={t("find.all", { title: chapter.title })}
            checked={taken > 0}
            ref={(box) => {
              if (box) box.indeterminate = taken > 0 && taken < free.length;
            }}
            disabled={free.length === 0}
            onChange={(event) => choose(free, event.currentTarget.checked)}
          />
        )}
        <bdi>{chapter.title}</bdi> <span>{number.format(chapter.total)}</span>
      </h3>
      <ul>
        {chapter.places.map((place) => (
          <li key={placeKey(place)} data-testid="found">
            {replacement !== null && (
              <input
                type="checkbox"
                aria-label={`${place.before}${place.match}${place.after}`}
                checked={!place.locked && !left.has(placeKey(place))}
                disabled={place.locked}
                onChange={(event) => choose([placeKey(place)], event.currentTarget.checked)}
              />
            )}
            <Link to={`/projects/${projectId}/chapters/${chapter.id}/desk${placeName(place.block_id, place.start, place.end)}`} dir="auto" lang={language}>
              {place.start > place.before.length && "…"}
              {place.before}
              {replacement === null || place.locked ? (
                <mark>{place.match}</mark>
              ) : (
                <>
                  <del>{place.match}</del>
                  {replacement !== "" && <ins>{replacement}</ins>}
                </>
              )}
              {place.after}
              {place.after.length >= AROUND && "…"}
            </Link>
            {place.locked && <span className={classes["locked"]}>{t("find.locked")}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
