// Asking for a round: wishes, how many, go. In an empty stage it also says what can be done here.
import { NumberInput } from "@mantine/core";
import { EstimateNote } from "@/shared/credits/EstimateNote";
import { useI18n } from "@/shared/i18n/i18n";
import { sendsOn } from "@/shared/lib/keys";
import { LIMITS } from "@/shared/lib/limit";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import { OfferedWords } from "@/shared/ui/OfferedWords";
import { TypedArea } from "@/shared/ui/Typed";
import { useSession } from "./context";
import { ReadNote } from "./ReadNote";
import type { Generate } from "./useGenerate";
import classes from "./Composer.module.css";

interface ComposerProps {
  generate: Generate;
  first: boolean;
  whyNotEdit: string | null;
  writeOwn: () => void;
}

export function Composer({ generate, first, whyNotEdit, writeOwn }: ComposerProps) {
  const { t } = useI18n();
  const past = useSession().moment !== null;
  return (
    <section className={classes["composer"]} data-first={first || undefined}>
      {first && (
        <div className={classes["empty"]}>
          <strong>{t("generate.empty")}</strong>
          <p>{t("generate.empty.text")}</p>
        </div>
      )}
      {!past && <OfferedWords draft={generate.wishes} />}
      <div className={classes["row"]}>
        {!past && <Wishes generate={generate} />}
        <GuardedButton
          data-testid="generate-button"
          variant={first ? "filled" : "light"}
          leftSection={<Icon name="spark" size={16} />}
          why={generate.whyNot}
          loading={generate.busy}
          onClick={generate.run}
        >
          {generate.wait > 0 ? t("wait.button", { n: generate.wait }) : t(first ? "generate.first" : "generate.again")}
        </GuardedButton>
        {first ? (
          <GuardedButton className={classes["byHand"] ?? ""} variant="subtle" why={whyNotEdit} onClick={writeOwn}>
            {t("generate.byHand")}
          </GuardedButton>
        ) : (
          <GuardedButton className={classes["byHand"] ?? ""} variant="subtle" color="gray" why={whyNotEdit} onClick={writeOwn}>
            {t("generate.byHand")}
          </GuardedButton>
        )}
      </div>
      {!past && (
        <div className={classes["cost"]}>
          <EstimateNote estimate={generate.estimate} />
          <ReadNote estimate={generate.estimate} />
        </div>
      )}
    </section>
  );
}

/** What the round should have, and how many. What is typed here is of now: the past has no boxes. */
function Wishes({ generate }: { generate: Generate }) {
  const { t } = useI18n();
  return (
    <>
      <TypedArea
        data-testid="wishes-input"
        className={classes["wishes"] ?? ""}
        label={t("generate.instructions")}
        placeholder={t("generate.instructions.hint")}
        value={generate.wishes.text}
        limit={LIMITS.words}
        type={generate.wishes.write}
        onKeyDown={sendsOn(generate.run)}
        minRows={1}
        maxRows={6}
      />
      <NumberInput
        className={classes["count"]}
        label={t("generate.count")}
        value={generate.count}
        onChange={(value) => generate.setCount(Number(value) || 1)}
        min={1}
        max={generate.most}
        clampBehavior="strict"
        allowDecimal={false}
      />
    </>
  );
}
