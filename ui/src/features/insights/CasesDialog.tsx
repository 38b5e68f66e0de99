// The cases that a number was counted from, the newest first; one's own lead to their session.
import { Button, Modal } from "@mantine/core";
import { Link } from "react-router";
import { asProblem } from "@/shared/api/problem";
import { useI18n, useMaybe, useProblemText } from "@/shared/i18n/i18n";
import { moment } from "@/shared/lib/time";
import { Notice } from "@/shared/ui/Notice";
import { useCases, type Asked, type Case, type CasesOf } from "./data";
import { dollars, duration } from "./numbers";
import type { Opened } from "./Opens";
import classes from "./Insights.module.css";

interface CasesDialogProps {
  asked: Asked;
  /** null: closed. It stays in the page, so that the focus goes back to the number that opened it. */
  opened: Opened | null;
  onClose: () => void;
}

export function CasesDialog({ asked, opened, onClose }: CasesDialogProps) {
  return (
    <Modal
      opened={opened !== null}
      onClose={onClose}
      title={opened?.title}
      size="lg"
      transitionProps={{ duration: 0 }}
    >
      {opened && <CaseList asked={asked} cases={opened.cases} />}
    </Modal>
  );
}

function CaseList({ asked, cases }: { asked: Asked; cases: CasesOf }) {
  const { t } = useI18n();
  const say = useProblemText();
  const found = useCases(asked, cases);
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <p className={classes["about"]}>{t(asked.scope === "all" ? "insights.cases.pseudonyms" : "insights.cases.about")}</p>
      {found.isError && (
        <Notice tone="danger" alert>
          {say(asProblem(found.error))}
        </Notice>
      )}
      {found.isPending && <p>{t("app.loading")}</p>}
      <ul className={classes["cases"]} data-testid="insights-cases">
        {items.map((one) => (
          <CaseLine key={one.position} one={one} of={cases.of} own={asked.scope === "own"} />
        ))}
      </ul>
      {found.hasNextPage && (
        <Button variant="subtle" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t("insights.cases.more")}
        </Button>
      )}
    </>
  );
}

function CaseLine({ one, of, own }: { one: Case; of: CasesOf["of"]; own: boolean }) {
  const { t, locale } = useI18n();
  const facts = useFacts(one, of);
  const name = `${t(`stage.${one.stage}`)} · ${moment(one.occurred_at, locale)}`;
  return (
    <li>
      {one.opens ? <Link to={`/sessions/${one.opens}`}>{name}</Link> : <span>{name}</span>}
      {facts.length > 0 && <span className={classes["facts"]}>{facts.join(" · ")}</span>}
      <span className={classes["place"]}>
        {t("insights.case.position", { n: one.position })} {!own && <code>{one.session_id.slice(0, 8)}</code>}
      </span>
    </li>
  );
}

function dollarsOr(nano: number | null | undefined, unknown: string): string {
  return nano === null || nano === undefined ? unknown : dollars(nano);
}

function useFacts(one: Case, of: CasesOf["of"]): string[] {
  const { t, language } = useI18n();
  const maybe = useMaybe();
  const known = <T,>(value: T | null | undefined, text: (value: T) => string) => (value === null || value === undefined ? [] : [text(value)]);
  return [
    ...known(one.kind, (kind) => t(`insights.kind.${kind}`)),
    ...known(one.outcome, (outcome) => maybe(`insights.outcome.${outcome}`, maybe(`status.${outcome}`, outcome))),
    ...known(one.code, (code) => code),
    ...(one.model ? [one.prompt_version ? `${one.model} (${one.prompt_version})` : one.model] : []),
    ...known(one.rounds, (n) => t("insights.case.rounds", { n })),
    ...known(one.first_proposal, (value) => duration(value, language)),
    ...known(one.confirmation, (value) => duration(value, language)),
    ...known(one.distance, (n) => t("insights.case.distance", { n, of: one.proposed_characters ?? 0 })),
    ...known(one.confirmed_words, (n) => t("insights.case.words", { n })),
    ...known(one.attempts, (n) => t("insights.case.attempts", { n })),
    ...(of === "generations" ? [dollarsOr(one.cost_nano_usd, t("insights.cost.unknown"))] : []),
  ];
}
