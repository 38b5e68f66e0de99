// Texts that were left as they are although another stage says otherwise: each can be brought up again.
import type { Contradiction, WorkStage } from "@/shared/api/types";
import { dotted, pathName } from "@/shared/content/pathName";
import { SHAPES } from "@/shared/content/shapes";
import { useI18n } from "@/shared/i18n/i18n";
import { wordLabel } from "@/shared/i18n/labels";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { ProblemNote } from "@/shared/ui/ProblemNote";
import { Why } from "./ContradictionWhy";
import { useSettled } from "./contents";
import { useSession } from "./context";
import classes from "./Contradictions.module.css";

interface LeftProps {
  left: readonly Contradiction[];
  restore: (ids: readonly string[]) => Promise<void>;
}

export function LeftOnes({ left, restore }: LeftProps) {
  const { t } = useI18n();
  if (left.length === 0) return null;
  return (
    <details className={classes["left"]} data-testid="left-list">
      <summary>{left.length === 1 ? t("agree.left.one") : t("agree.left.n", { n: left.length })}</summary>
      <ul>
        {left.map((one) => (
          <LeftOne key={one.id} one={one} restore={restore} />
        ))}
      </ul>
    </details>
  );
}

function LeftOne({ one, restore }: { one: Contradiction } & Pick<LeftProps, "restore">) {
  const { t, language } = useI18n();
  const { state, stageName, commands, whyNot } = useSession();
  const own = one.stage as WorkStage;
  const content = useSettled(state, [own])?.[own];
  const key = `agree ${one.id}`;
  return (
    <li data-testid="left-one">
      <p className={classes["why"]}>
        <Why one={one} />
      </p>
      <p dir="auto">
        <bdi>{`${stageName(own)} › ${pathName(SHAPES[own], content, dotted(content, one.path), language)}`}</bdi>
      </p>
      <p dir="auto">{one.kind === "structure" ? wordLabel(one.sentence, language) : one.sentence}</p>
      <div className={classes["ways"]}>
        <GuardedButton
          data-testid="bring-up"
          size="xs"
          variant="light"
          why={whyNot("RESTORE_CONTRADICTIONS")}
          loading={commands.busy(key)}
          onClick={() => void restore([one.id])}
        >
          {t("agree.restore")}
        </GuardedButton>
      </div>
      <ProblemNote commands={commands} of={key} />
    </li>
  );
}
