// Editing by hand: a form drawn from the shape of the stage. What is typed is kept in this browser until it is saved.
import { Button, Group, Text } from "@mantine/core";
import { useMemo, useRef, useState } from "react";
import { Problem } from "@/shared/api/problem";
import type { Content, Proposal } from "@/shared/api/types";
import { missing, saidOfContent, tooLong, valueOf, type Fault } from "@/shared/content/faults";
import { SHAPES } from "@/shared/content/shapes";
import { useI18n } from "@/shared/i18n/i18n";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { useSession } from "./context";
import { parsed, type EditDraft } from "./editDraft";
import { EditFields } from "./EditFields";
import { FaultList, FaultsContext, faultText, focusField } from "./faults";
import { showAside, useSetAside } from "./SetAside";
import type { Live } from "./live";
import type { Seen } from "./seen";
import { tidy } from "./tidy";
import classes from "./EditForm.module.css";

interface EditFormProps {
  draft: EditDraft;
  /** The proposal that is edited; none: the writer begins a text of their own. */
  proposal?: Proposal;
}

export function EditForm({ draft, proposal }: EditFormProps) {
  const { t } = useI18n();
  const { state, stage, live, commands, careful, whyNot } = useSession();
  const { content } = draft;
  const form = useRef<HTMLElement>(null);
  const faults = useFaults(content);
  const key = `edit:${proposal?.id ?? stage}`;
  const go = (path: string) => focusField(form.current, path);
  const setAside = useSetAside(state.session_id, stage);
  const save = async () => {
    const first = faults.look()[0];
    if (first) return go(first.path);
    const tidied = tidy(SHAPES[stage], content);
    const sent = draft.now();
    const under = savedUnder(draft, live.timeline);
    const proposal_id = under.proposalId ?? proposal?.id ?? null;
    const answer = await careful.send(
      key,
      { command_type: "EDIT_CONTENT", session_id: state.session_id, payload: { stage, content: tidied, proposal_id } },
      { stage, aim: "content", proposalId: proposal_id, seen: under.seen, content: tidied },
    );
    if (answer === null) return;
    if ("choice" in answer) {
      if (answer.choice === "editing") return draft.see(answer.seen);
      setAside({ content: parsed<Content>(draft.now()) ?? tidied });
      draft.close();
      return showAside();
    }
    if (!(answer instanceof Problem)) return draft.saved(sent, answer.version) ? showNewest() : undefined;
    const said = saidOfContent(answer.fields);
    if (said.length === 0) return;
    commands.dismiss(key);
    if (draft.now() === sent) draft.change(tidied); // the server counted the places in what was sent
    faults.hear(said, tidied);
    requestAnimationFrame(() => go(said[0]?.path ?? ""));
  };
  return (
    <section ref={form} data-edit-form className={classes["form"]} aria-label={t("edit.title")}>
      <FaultsContext value={faults.byPath}>
        <EditFields fields={SHAPES[stage]} content={content} change={draft.changeAt} />
      </FaultsContext>
      <div className={classes["foot"]}>
        <FaultList faults={faults.all} fields={SHAPES[stage]} content={content} go={go} />
        <ProblemNote commands={commands} of={key} />
        <Group gap="xs">
          <GuardedButton why={whyNot("EDIT_CONTENT", stage)} loading={commands.busy(key)} onClick={() => void save()}>
            {t("edit.save")}
          </GuardedButton>
          <Button variant="subtle" color="gray" onClick={draft.cancel}>
            {t("app.cancel")}
          </Button>
        </Group>
        <Text size="xs" c="dimmed">
          {t(draft.savedAt === null ? "edit.kept" : "typed.later")}
        </Text>
      </div>
    </section>
  );
}

/** What an edit that was typed on in after a save lies on top of: the version that was saved, which the writer knows. */
function savedUnder(draft: EditDraft, timeline: Live["timeline"]): { proposalId: string | null; seen: Seen } {
  const { savedAt, seen } = draft;
  const saved = timeline.find(({ version }) => version === savedAt)?.data["proposal_id"];
  if (savedAt === null || typeof saved !== "string") return { proposalId: null, seen };
  return { proposalId: saved, seen: { ...seen, version: savedAt, proposals: [...seen.proposals, saved] } };
}

/** What was just saved stands first: there the eye and the keyboard go on. */
function showNewest(): void {
  requestAnimationFrame(() => {
    const card = document.querySelector<HTMLElement>("[data-testid=proposal-card]");
    card?.scrollIntoView({ block: "start" });
    card?.focus({ preventScroll: true });
  });
}

interface Said extends Fault {
  /** What stood there when it was said: once that is changed, nothing is held against it. */
  about: string;
}

/** What is needed and empty is said from the first try to save on, what is too long at once; both go as they are mended. */
function useFaults(content: Content) {
  const { t } = useI18n();
  const { stage } = useSession();
  const [tried, setTried] = useState(false);
  const [said, setSaid] = useState<readonly Said[]>([]);
  const all = useMemo(() => {
    const own = [...(tried ? missing(SHAPES[stage], content) : []), ...tooLong(SHAPES[stage], content)];
    const still = said.filter(({ path, about }) => JSON.stringify(valueOf(content, path)) === about);
    return [...own, ...still.filter(({ path }) => !own.some((fault) => fault.path === path))];
  }, [tried, said, content, stage]);
  const words = JSON.stringify(all.map((fault) => [fault.path, faultText(fault, t)]));
  const byPath = useMemo(() => new Map(JSON.parse(words) as [string, string][]), [words]); // the same while they say the same
  return {
    all,
    byPath,
    look: () => {
      setTried(true);
      return [...missing(SHAPES[stage], content), ...tooLong(SHAPES[stage], content)];
    },
    hear: (faults: readonly Fault[], sent: Content) =>
      setSaid(faults.map((fault) => ({ ...fault, about: JSON.stringify(valueOf(sent, fault.path)) }))),
  };
}
