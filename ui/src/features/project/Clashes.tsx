// Paragraphs that were changed here and elsewhere: both texts beside each other, and a choice for each.
import { Button } from "@mantine/core";
import { useI18n } from "@/shared/i18n/i18n";
import { Notice } from "@/shared/ui/Notice";
import type { Choice } from "./blocks";
import classes from "./Project.module.css";
import type { Clashing } from "./useManuscript";

interface ClashesProps {
  clashes: readonly Clashing[];
  choose: (clash: Clashing, choice: Choice) => void;
}

export function Clashes({ clashes, choose }: ClashesProps) {
  const { t } = useI18n();
  if (clashes.length === 0) return null;
  return (
    <Notice tone="warning" alert title={t("clash.title")}>
      <p>{t("clash.why")}</p>
      {clashes.map((clash) => (
        <div key={clash.block_id} className={classes["clash"]} data-testid="clash">
          <Side name={t("clash.mine")} text={clash.mine} gone={t("clash.mine.gone")} />
          <Side name={t("clash.theirs")} text={clash.current} gone={t("clash.theirs.gone")} />
          <div className={classes["choices"]}>
            <Button size="xs" variant="light" onClick={() => choose(clash, "mine")}>
              {t("clash.keep.mine")}
            </Button>
            <Button size="xs" variant="light" onClick={() => choose(clash, "theirs")}>
              {t("clash.keep.theirs")}
            </Button>
            {clash.mine !== null && clash.current !== null && (
              <Button size="xs" variant="light" onClick={() => choose(clash, "both")}>
                {t("clash.keep.both")}
              </Button>
            )}
          </div>
        </div>
      ))}
    </Notice>
  );
}

function Side({ name, text, gone }: { name: string; text: string | null; gone: string }) {
  return (
    <div>
      <strong>{name}</strong>
      {text === null ? <p>{gone}</p> : <p dir="auto">{text}</p>}
    </div>
  );
}
