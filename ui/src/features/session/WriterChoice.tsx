// Who writes in this session: the usual one, another model, or the muse; and who comes next when that cannot be used.
import { Anchor, Select } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { asProblem, type Problem } from "@/shared/api/problem";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { useModels, useSessionModel } from "@/shared/models/models";
import { Notice } from "@/shared/ui/Notice";
import classes from "./Panes.module.css";

const USUAL = "usual";

export function WriterChoice({ id }: { id: string }) {
  const { t } = useI18n();
  const say = useProblemText();
  const models = useModels();
  const { data, choose } = useSessionModel(id);
  const [problem, setProblem] = useState<Problem | null>(null);
  if (!models.data || !data) return null;
  const { items, environment, usable } = models.data;
  const name = (one: (typeof data.line)[number]) => (one.kind === "muse" ? t("models.writer.muse") : one.name);
  const [first, ...then] = data.line;
  const usual = environment ?? items.find((item) => item.is_default)?.name ?? items[0]?.name ?? t("models.writer.muse");
  const change = async (value: string | null) => {
    setProblem(null);
    try {
      await choose(value === USUAL || value === null ? null : value);
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <div className={classes["writer"]}>
      <Select
        size="xs"
        label={t("models.writer")}
        description={t("models.writer.next")}
        allowDeselect={false}
        disabled={!usable}
        value={data.choice ?? USUAL}
        onChange={(value) => void change(value)}
        data={[
          { value: USUAL, label: t("models.writer.usual", { name: usable ? usual : first ? name(first) : "" }) },
          ...items.map((item) => ({ value: item.id, label: `${item.name} · ${item.model}` })),
          ...(environment === null ? [] : [{ value: "environment", label: t("models.writer.environment", { name: environment }) }]),
          { value: "muse", label: t("models.writer.muse") },
        ]}
        data-testid="writer-choice"
      />
      <span className={classes["quiet"]}>
        {then.length > 0 && `${t("models.writer.then", { names: then.map(name).join(" → ") })} `}
        <Anchor component={Link} to="/models" size="sm" underline="always">
          {t("models.writer.manage")}
        </Anchor>
      </span>
      {problem && (
        <Notice tone="danger" alert>
          {say(problem)}
        </Notice>
      )}
    </div>
  );
}
