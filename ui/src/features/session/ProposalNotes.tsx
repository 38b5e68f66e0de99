// What code found in a proposal and nobody mended, in the page's language, with places called as the page calls them.
import type { Content } from "@/shared/api/types";
import { dotted, pathName } from "@/shared/content/pathName";
import { SHAPES } from "@/shared/content/shapes";
import { useI18n, useNoteText } from "@/shared/i18n/i18n";
import type { NoteCode } from "@/shared/i18n/notes";
import { useSession } from "./context";
import classes from "./ProposalCard.module.css";

/** What was found in the text and not mended: the writer decides what to do about it. */
export function ProposalNotes({ notes, codes, content }: { notes: readonly string[]; codes: readonly NoteCode[]; content: Content | null }) {
  const { t, language } = useI18n();
  const say = useNoteText();
  const { stage } = useSession();
  const place = (pointer: string) => pathName(SHAPES[stage], content, dotted(content, pointer), language) || pointer;
  if (notes.length === 0) return null;
  return (
    <aside className={classes["notes"]} aria-label={t("notes.title")} data-testid="proposal-notes">
      <strong>{t("notes.title")}</strong>
      <ul>
        {notes.map((note, at) => (
          <li key={note} dir="auto">
            {say(note, codes[at], place)}
          </li>
        ))}
      </ul>
    </aside>
  );
}
