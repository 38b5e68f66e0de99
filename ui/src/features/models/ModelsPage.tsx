// /models — who writes: the models that are kept, in the order in which they are asked, and the way to another one.
import { Button, Text } from "@mantine/core";
import { useState } from "react";
import type { ModelItem, ModelPreset, ModelTest } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { useModelChanges, useModels, usePresets } from "@/shared/models/models";
import { Icon } from "@/shared/ui/Icon";
import { Notice } from "@/shared/ui/Notice";
import { ModelForm } from "./ModelForm";
import { ModelRow } from "./ModelRow";
import { inOrder } from "./order";
import classes from "./Models.module.css";

/** What the form is open for: a new model (perhaps of a server that runs here), or one that is kept. */
type Open = { kind: "new"; preset?: ModelPreset } | { kind: "change"; item: ModelItem } | null;

export function ModelsPage() {
  const { t } = useI18n();
  const found = useModels();
  const presets = usePresets();
  const { test } = useModelChanges();
  const [open, setOpen] = useState<Open>(null);
  const [testing, setTesting] = useState<ReadonlySet<string>>(new Set());
  const [results, setResults] = useState<Record<string, ModelTest>>({});
  if (found.data === undefined) return <main className={classes["page"]}>{found.isPending && t("app.loading")}</main>;
  const { items, environment, addresses, credits } = found.data;
  // one that was removed elsewhere stays as long as its form is open: what is typed there is not lost with it
  const lost = open?.kind === "change" && !items.some(({ id }) => id === open.item.id) ? [open.item] : [];
  const shown = [...items, ...lost];
  const running = (presets.data ?? []).filter(
    ({ running, name, base_url }) => running && !items.some((item) => item.preset === name || item.base_url === base_url),
  );

  const runTest = async (id: string) => {
    setTesting((now) => new Set(now).add(id));
    setResults((now) => Object.fromEntries(Object.entries(now).filter(([other]) => other !== id)));
    try {
      const result = await test(id);
      setResults((now) => ({ ...now, [id]: result }));
    } finally {
      setTesting((now) => new Set([...now].filter((other) => other !== id)));
    }
  };
  const kept = (item: ModelItem) => {
    setOpen(null);
    runTest(item.id).catch(() => undefined); // it is kept all the same, and says that it has not been tested
  };

  return (
    <main className={classes["page"]}>
      <header>
        <h1>{t("models.title")}</h1>
        <Text c="dimmed">{t("models.what")}</Text>
      </header>
      {credits && <Notice tone="calm">{t("models.credits")}</Notice>}
      {environment !== null && <Notice tone="calm">{t("models.environment", { name: environment })}</Notice>}
      {items.length === 0 && environment === null && <Notice tone="calm">{t("models.muse")}</Notice>}
      {shown.length > 0 && (
        <ol className={classes["list"]}>
          {inOrder(shown).map((item, index, all) => (
            <li key={item.id} data-testid="model" data-name={item.name}>
              <ModelRow
                item={item}
                address={item.base_url ?? presets.data?.find(({ name }) => name === item.preset)?.base_url ?? t("models.own")}
                index={index}
                all={all}
                testing={testing.has(item.id)}
                result={results[item.id]}
                test={() => runTest(item.id)}
                edit={() => setOpen({ kind: "change", item })}
              />
              {open?.kind === "change" && open.item.id === item.id && (
                <ModelForm
                  key={item.id}
                  item={item}
                  presets={presets.data ?? []}
                  addresses={addresses}
                  kept={kept}
                  close={() => setOpen(null)}
                />
              )}
            </li>
          ))}
        </ol>
      )}
      {running.map((preset) => (
        <Notice
          key={preset.name}
          tone="calm"
          action={
            <Button size="xs" onClick={() => setOpen({ kind: "new", preset })} aria-label={`${t("models.found.use")}${t("app.colon")}${preset.label}`}>
              {t("models.found.use")}
            </Button>
          }
        >
          {t("models.found", { name: preset.label })}
        </Notice>
      ))}
      {open?.kind === "new" ? (
        <section aria-label={t("models.add")} className={classes["new"]}>
          <ModelForm
            key={open.preset?.name ?? "new"}
            {...(open.preset ? { from: open.preset } : {})}
            presets={presets.data ?? []}
            addresses={addresses}
            kept={kept}
            close={() => setOpen(null)}
          />
        </section>
      ) : (
        <div>
          <Button
            variant={items.length === 0 ? "filled" : "light"}
            leftSection={<Icon name="plus" size={16} />}
            onClick={() => setOpen({ kind: "new" })}
            data-testid="add-model"
          >
            {t("models.add")}
          </Button>
        </div>
      )}
    </main>
  );
}
