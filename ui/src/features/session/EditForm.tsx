// Editing by hand: a form drawn from the shape of the stage. What is typed is kept in this browser until it is saved.
import { Button, Group, Text } from "@mantine/core";
import { useMemo } from "react";
import type { Content, Proposal } from "@/shared/api/types";
import { SHAPES } from "@/shared/content/shapes";
import { useI18n } from "@/shared/i18n/i18n";
import { useStored } from "@/shared/lib/useStored";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { useSession } from "./context";
import { EditFields } from "./EditFields";
import { tidy } from "./tidy";
import classes from "./EditForm.module.css";

interface EditFormProps {
  storageKey: string;
  /** The proposal that is edited; none: the writer begins a text of their own. */
  proposal?: Proposal;
  close: () => void;
}

export function EditForm({ storageKey, proposal, close }: EditFormProps) {
  const { t } = useI18n();
  const { state, stage, commands, whyNot } = useSession();
  const [text, setText] = useStored(storageKey);
  const content = useMemo(() => read(text), [text]);
  const key = `edit:${proposal?.id ?? stage}`;
  const save = async () => {
    const answer = await commands.run(key, {
      command_type: "EDIT_CONTENT",
      session_id: state.session_id,
      payload: { stage, content: tidy(SHAPES[stage], content), proposal_id: proposal?.id ?? null },
    });
    if (answer) close();
  };
  return (
    <section className={classes["form"]} aria-label={t("edit.title")}>
      <EditFields fields={SHAPES[stage]} content={content} change={(next) => setText(JSON.stringify(next))} />
      <div className={classes["foot"]}>
        <ProblemNote commands={commands} of={key} />
        <Group gap="xs">
          <GuardedButton why={whyNot("EDIT_CONTENT", stage)} loading={commands.busy(key)} onClick={() => void save()}>
            {t("edit.save")}
          </GuardedButton>
          <Button variant="subtle" color="gray" onClick={close}>
            {t("app.cancel")}
          </Button>
        </Group>
        <Text size="xs" c="dimmed">
          {t("edit.kept")}
        </Text>
      </div>
    </section>
  );
}

function read(text: string): Content {
  try {
    return JSON.parse(text) as Content;
  } catch {
    return {};
  }
}
