// Where the book contradicts itself: both sentences beside each other, a way to each place, and "this is meant".
import { Button, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState, type FormEvent } from "react";
import { Link } from "react-router";
import type { Finding, FindingSide, Project } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { readContinuity, useMoves, type Move } from "@/shared/projects/projects";
import classes from "./Check.module.css";
import type { Contents } from "./useContents";

export function CheckPanel({ project, contents }: { project: Project; contents: Contents }) {
  const { t, locale } = useI18n();
  const { found, failed, again } = useCheck(project);
  const number = new Intl.NumberFormat(locale);
  if (project.words === 0) return null;
  const open = found?.findings.filter(({ waived }) => waived === null) ?? [];
  const waived = found?.findings.filter((one) => one.waived !== null) ?? [];
  const settle = async (command: Parameters<Contents["give"]>[0]) => {
    if (await contents.give(command)) await again();
  };
  return (
    <section className={classes["check"]} aria-labelledby="check" data-testid="check">
      <h2 id="check">{t("check.title")}</h2>
      <p className={classes["about"]}>{t("check.about")}</p>
      {failed && !found && <p role="alert">{t("check.failed")}</p>}
      {found && (
        <p className={classes["count"]} role="status" data-testid="check-count">
          {open.length === 0 ? t("check.none") : open.length === 1 ? t("check.one") : t("check.n", { n: number.format(open.length) })}
        </p>
      )}
      <ol className={classes["findings"]}>
        {open.map((one) => (
          <li key={one.id}>
            <Told finding={one} project={project} />
            <Waive
              busy={contents.busy}
              waive={(reason) => settle({ command_type: "WAIVE_FINDING", payload: { finding_id: one.id, reason } })}
            />
          </li>
        ))}
      </ol>
      {waived.length > 0 && (
        <details className={classes["waived"]}>
          <summary>{t("check.waived.n", { n: number.format(waived.length) })}</summary>
          <ol className={classes["findings"]}>
            {waived.map((one) => (
              <li key={one.id}>
                <Told finding={one} project={project} />
                <p className={classes["about"]}>
                  {one.waived?.reason ? t("check.because", { reason: one.waived.reason }) : t("check.isMeant")}
                </p>
                <Button
                  size="xs"
                  variant="light"
                  disabled={contents.busy}
                  onClick={() => void settle({ command_type: "UNWAIVE_FINDING", payload: { finding_id: one.id } })}
                >
                  {t("check.again")}
                </Button>
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

function useCheck(project: Project) {
  const cache = useQueryClient();
  const key = ["continuity", project.id];
  const found = useQuery({ queryKey: key, queryFn: () => readContinuity(project.id), staleTime: 0 });
  const again = useCallback(() => cache.invalidateQueries({ queryKey: ["continuity", project.id] }), [cache, project.id]);
  const { contents } = project;
  useMoves(
    useCallback(
      (move: Move | null) => {
        if (move === null || move.id === project.id || contents.some(({ id }) => id === move.id)) void again();
      },
      [again, contents, project.id],
    ),
  );
  return { found: found.data, failed: found.isError, again };
}

function Told({ finding, project }: { finding: Finding; project: Project }) {
  const { t } = useI18n();
  const values = { person: finding.person, one: finding.first_value, other: finding.second_value };
  return (
    <>
      <h3 className={classes["kind"]}>{t(`check.kind.${finding.kind}`, values)}</h3>
      <div className={classes["sides"]}>
        <Side side={finding.first} project={project} />
        <Side side={finding.second} project={project} />
      </div>
    </>
  );
}

function Side({ side, project }: { side: FindingSide; project: Project }) {
  const { t } = useI18n();
  const chapter = side.chapter_title;
  const place = side.block_id === null ? "" : `#${side.block_id}`;
  return (
    <figure className={classes["side"]}>
      <blockquote dir="auto" lang={project.language}>
        {side.sentence}
      </blockquote>
      <figcaption>
        <Link to={`/projects/${project.id}/chapters/${side.chapter_id}${place}`} aria-label={t("check.open", { chapter })}>
          <bdi>{side.block_id === null ? t("check.ofPlan", { chapter }) : chapter}</bdi>
        </Link>
      </figcaption>
    </figure>
  );
}

function Waive({ waive, busy }: { waive: (reason: string) => Promise<void>; busy: boolean }) {
  const { t } = useI18n();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (asking) box.current?.focus();
  }, [asking]);
  if (!asking) {
    return (
      <Button size="xs" variant="light" onClick={() => setAsking(true)}>
        {t("check.meant")}
      </Button>
    );
  }
  const send = (event: FormEvent) => {
    event.preventDefault();
    void waive(reason);
  };
  return (
    <form className={classes["waive"]} onSubmit={send}>
      <TextInput
        size="xs"
        label={t("check.reason")}
        value={reason}
        maxLength={500}
        ref={box}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <Button size="xs" type="submit" disabled={busy}>
        {t("check.keep")}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={() => setAsking(false)}>
        {t("app.cancel")}
      </Button>
    </form>
  );
}
