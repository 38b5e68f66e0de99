// How a test went, just now or the last time, in words that say what to do.
import type { ModelItem, ModelTest } from "@/shared/api/types";
import { useI18n, useMaybe, useTestText } from "@/shared/i18n/i18n";
import { ago, useNow } from "@/shared/lib/time";
import { Notice } from "@/shared/ui/Notice";
import classes from "./Models.module.css";

interface Props {
  item: ModelItem;
  testing: boolean;
  result: ModelTest | undefined;
}

export function TestLine({ item, testing, result }: Props) {
  return (
    <div role="status" className={classes["test"]} data-testid="test-result" data-code={testing ? "" : (result?.code ?? item.test_code ?? "")}>
      <Words item={item} testing={testing} result={result} />
    </div>
  );
}

function Words({ item, testing, result }: Props) {
  const { t, locale } = useI18n();
  const maybe = useMaybe();
  const say = useTestText();
  const now = useNow(30_000);
  if (testing) return <span className={classes["quiet"]}>{t("models.testing")}</span>;
  if (result?.code === "OK") {
    const form = maybe(`models.form.${result.form}`, result.form ?? "");
    const seconds = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(result.seconds);
    return <span className={classes["good"]}>{t("models.test.good", { form, n: result.requests, seconds })}</span>;
  }
  if (result) return <Notice tone="danger">{say(result.code, result.message)}</Notice>;
  if (item.tested_at === null || item.test_code === null) return <span className={classes["quiet"]}>{t("models.test.never")}</span>;
  const when = ago(item.tested_at, locale, now);
  if (item.test_code === "OK") return <span className={classes["quiet"]}>{t("models.test.kept", { when })}</span>;
  return (
    <Notice tone="warning">
      {t("models.test.failed", { when })} {say(item.test_code, item.test_message ?? item.test_code)}
    </Notice>
  );
}
