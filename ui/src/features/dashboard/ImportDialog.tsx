// What was read of a file, before it becomes a project: chapters to tick, rename and join, and what was found.
import { Button, Modal, Select } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { newCommandId } from "@/shared/api/client";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { ImportPreview } from "@/shared/api/types";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { languageChoices, nameOf } from "@/shared/lib/languages";
import { sendProjectCommand } from "@/shared/projects/projects";
import { useWordsText } from "@/shared/projects/useWordsText";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Notice } from "@/shared/ui/Notice";
import { TypedLine } from "@/shared/ui/Typed";
import { ImportEntry } from "./ImportEntry";
import { arranged, before, merged, payload, renamed, sum, ticked } from "./importing";
import classes from "./ImportBook.module.css";

const LONGEST_TITLE = 500;

export function ImportDialog({ name, preview, close }: { name: string; preview: ImportPreview; close: () => void }) {
  const { t, locale } = useI18n();
  const say = useProblemText();
  const length = useWordsText();
  const navigate = useNavigate();
  const narrow = useMediaQuery("(max-width: 48rem)");
  const [title, setTitle] = useState(preview.title);
  const [language, setLanguage] = useState(preview.language);
  const [entries, setEntries] = useState(() => arranged(preview));
  const [id, setId] = useState(newCommandId);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const number = new Intl.NumberFormat(locale);
  const languages = useMemo(() => {
    const known = languageChoices();
    return known.some((one) => one.value === preview.language)
      ? known
      : [{ value: preview.language, label: nameOf(preview.language, preview.language) }, ...known];
  }, [preview.language]);
  const { chapters, words } = sum(entries);
  const why = title.trim() === "" ? t("import.untitled") : words === 0 ? t("import.nothing") : null;

  const begin = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const answer = await sendProjectCommand({ command_type: "IMPORT_PROJECT", payload: payload(title, language, entries) }, id);
      void navigate(`/projects/${answer.project_id}`);
    } catch (error) {
      const said = asProblem(error);
      setProblem(said);
      if (!said.unanswered) setId(newCommandId()); // what was refused may be said otherwise; what nobody answered is asked again
      setBusy(false);
    }
  };

  return (
    <Modal
      opened
      onClose={close}
      closeOnClickOutside={false}
      fullScreen={narrow ?? false}
      size="56rem"
      transitionProps={{ duration: 0 }}
      title={t("import.title", { name })}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <div className={classes["dialog"]} data-testid="import-preview">
        <div className={classes["head"]}>
          <TypedLine label={t("import.book.title")} value={title} limit={LONGEST_TITLE} type={setTitle} />
          <Select label={t("import.book.language")} allowDeselect={false} value={language} onChange={(value) => setLanguage(value ?? "en")} data={languages} />
        </div>
        {preview.findings.length > 0 && (
          <section aria-labelledby="import-found" className={classes["found"]}>
            <h3 id="import-found">{t("import.found")}</h3>
            <ul>
              {preview.findings.map((one) => (
                <li key={one.code}>
                  {t(`import.found.${one.code}`, { count: number.format(one.count), value: one.code === "LANGUAGE_ASSUMED" ? nameOf(one.value, locale) : one.value })}
                </li>
              ))}
            </ul>
          </section>
        )}
        <section aria-labelledby="import-chapters">
          <h3 id="import-chapters">{t("import.chapters")}</h3>
          <p className={classes["how"]}>{t("import.chapters.how")}</p>
          <ol className={classes["entries"]}>
            {entries.map((one, place) => (
              <ImportEntry
                key={one.at}
                entry={one}
                number={place + 1}
                language={language}
                joins={one.kind === "chapter" && one.wanted && before(entries, one.at) !== undefined}
                rename={(said) => setEntries((all) => renamed(all, one.at, said))}
                tick={(wanted) => setEntries((all) => ticked(all, one.at, wanted))}
                merge={() => setEntries((all) => merged(all, one.at))}
              />
            ))}
          </ol>
        </section>
        {problem && (
          <Notice tone="danger" alert>
            {say(problem)}
          </Notice>
        )}
        <div className={classes["foot"]}>
          <span className={classes["sum"]} data-testid="import-sum">
            {t(chapters === 1 ? "import.sum.one" : "import.sum", { chapters: number.format(chapters), length: length(language, words) })}
          </span>
          <Button variant="default" onClick={() => setEntries(arranged(preview))} disabled={busy}>
            {t("import.reset")}
          </Button>
          <GuardedButton why={why} loading={busy} onClick={() => void begin()}>
            {t("import.begin")}
          </GuardedButton>
        </div>
      </div>
    </Modal>
  );
}
