// A book for a shop: how it is to look, its cover, what the shop would miss, and then the file.
import { Button, NativeSelect } from "@mantine/core";
import { useRef, useState } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { Preflight, Project } from "@/shared/api/types";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { saveFile } from "@/shared/lib/saveFile";
import { checkBook, type Choice, coverAddress, fetchChecked, PRINTED, SHOPS, type Shop, TEMPLATES, type Template, TRIMS, type Trim } from "@/shared/projects/publishing";
import { Notice } from "@/shared/ui/Notice";
import { FaultList } from "./FaultList";
import classes from "./Publish.module.css";

export function PublishPanel({ project }: { project: Project }) {
  const { t, locale } = useI18n();
  const say = useProblemText();
  const [choice, setChoice] = useState<Choice>({ shop: "any", template: "standard", trim: "6x9" });
  const [answer, setAnswer] = useState<{ found: Preflight; of: number } | null>(null);
  const [busy, setBusy] = useState<"check" | "download" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const latest = useRef(choice);
  const printed = PRINTED.includes(choice.shop);
  const checked = answer?.of === project.version ? answer.found : null;
  const change = (part: Partial<Choice>) => {
    const chosen = { ...choice, ...part };
    latest.current = chosen;
    setChoice(chosen);
    setAnswer(null);
    setProblem(null);
  };
  const work = async (what: "check" | "download", done: () => Promise<void>) => {
    setBusy(what);
    setProblem(null);
    try {
      await done();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(null);
    }
  };
  const check = () =>
    work("check", async () => {
      const found = await checkBook(project.id, choice);
      // an answer to what was chosen before says nothing of what is chosen now
      if (latest.current === choice) setAnswer({ found, of: project.version });
    });
  const download = (found: Preflight) =>
    work("download", async () => {
      const { file, name } = await fetchChecked(project.id, found);
      saveFile(file, name);
    });
  const kilobytes = (bytes: number) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(bytes / 1_000);
  return (
    <div className={classes["panel"]} data-testid="publish-panel">
      {!printed && (
        <img
          className={classes["cover"]}
          src={coverAddress(project.id, choice.template, project.version)}
          alt={t("publish.cover", { title: project.title })}
          width={1562}
          height={2500}
          data-testid="cover"
        />
      )}
      <div className={classes["choices"]}>
        <NativeSelect
          label={t("publish.shop")}
          value={choice.shop}
          data={SHOPS.map((value) => ({ value, label: t(`publish.shop.${value}`) }))}
          onChange={(event) => change({ shop: event.currentTarget.value as Shop })}
        />
        <NativeSelect
          label={t("publish.template")}
          value={choice.template}
          data={TEMPLATES.map((value) => ({ value, label: t(`publish.template.${value}`) }))}
          onChange={(event) => change({ template: event.currentTarget.value as Template })}
        />
        {printed && (
          <NativeSelect
            label={t("publish.trim")}
            value={choice.trim}
            data={TRIMS.map((value) => ({ value, label: t(`publish.trim.${value}`) }))}
            onChange={(event) => change({ trim: event.currentTarget.value as Trim })}
          />
        )}
        <Button onClick={() => void check()} loading={busy === "check"} disabled={project.words === 0} variant={checked ? "default" : "filled"} data-testid="publish-check">
          {t("publish.check")}
        </Button>
        {project.words === 0 && <p className={classes["quiet"]}>{t("book.nothing")}</p>}
        <div role="status" className={classes["result"]}>
          {busy === "check" && <p className={classes["quiet"]}>{t("publish.checking")}</p>}
          {checked && (
            <>
              <p>
                <strong data-testid="publish-verdict">{t(checked.ready ? "publish.ready" : "publish.notReady")}</strong>{" "}
                {t("publish.size", { size: kilobytes(checked.size) })}
                {checked.pages > 0 && ` ${t("publish.pages", { n: checked.pages })}`}
              </p>
              <FaultList faults={checked.faults} />
            </>
          )}
        </div>
        {problem && (
          <Notice tone="danger" alert>
            {say(problem)}
          </Notice>
        )}
        {checked && (
          <Button onClick={() => void download(checked)} loading={busy === "download"} data-testid="publish-download">
            {t(checked.ready ? "publish.download" : "publish.downloadAnyway")}
          </Button>
        )}
      </div>
    </div>
  );
}
