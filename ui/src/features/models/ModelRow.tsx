// One model that is kept: what it is, how its last test went, and what can be done with it.
import { ActionIcon, Badge, Button, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { ModelItem, ModelTest } from "@/shared/api/types";
import { useI18n, useProblemText, type Translate } from "@/shared/i18n/i18n";
import { useModelChanges } from "@/shared/models/models";
import { Icon } from "@/shared/ui/Icon";
import { Notice } from "@/shared/ui/Notice";
import { placeAfterStep } from "./order";
import { TestLine } from "./TestLine";
import classes from "./Models.module.css";

interface Props {
  item: ModelItem;
  /** Where requests go. */
  address: string;
  index: number;
  /** All that are shown, in their order. */
  all: readonly ModelItem[];
  testing: boolean;
  result: ModelTest | undefined;
  /** Throws Problem. */
  test: () => Promise<void>;
  edit: () => void;
}

export function ModelRow({ item, address, index, all, testing, result, test, edit }: Props) {
  const { t, locale } = useI18n();
  const say = useProblemText();
  const { change, remove } = useModelChanges();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState(false);
  const run = async (work: () => Promise<unknown>) => {
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const up = placeAfterStep(all, item, -1);
  const down = placeAfterStep(all, item, 1);
  return (
    <div className={classes["row"]}>
      <div className={classes["head"]}>
        <span className={classes["number"]} aria-hidden>
          {index + 1}
        </span>
        <div className={classes["words"]}>
          <h2 dir="auto">{item.name}</h2>
          {item.is_default && (
            <Badge variant="light" size="sm" tt="none">
              {t("models.default")}
            </Badge>
          )}
          <span className={classes["quiet"]}>
            <bdi>{item.model}</bdi> · <bdi>{address}</bdi>
          </span>
          <span className={classes["quiet"]}>{factsOf(item, t, locale).join(" · ")}</span>
        </div>
        <Group gap="xs" wrap="nowrap" className={classes["tools"]}>
          <Button
            size="xs"
            variant="default"
            loading={testing}
            onClick={() => void run(test)}
            aria-label={`${t("models.test")}${t("app.colon")}${item.name}`}
            data-testid="test-model"
          >
            {t("models.test")}
          </Button>
          <Menu width={220}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("models.more", { name: item.name })}>
                <Icon name="dots" />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<Icon name="edit" size={16} />} onClick={edit}>
                {t("models.edit")}
              </Menu.Item>
              {!item.is_default && (
                <Menu.Item
                  leftSection={<Icon name="star" size={16} />}
                  onClick={() => void run(() => change(item.id, { is_default: true }))}
                >
                  {t("models.default.make")}
                </Menu.Item>
              )}
              {up !== null && (
                <Menu.Item leftSection={<Icon name="up" size={16} />} onClick={() => void run(() => change(item.id, { position: up }))}>
                  {t("models.up")}
                </Menu.Item>
              )}
              {down !== null && (
                <Menu.Item
                  leftSection={<Icon name="down" size={16} />}
                  onClick={() => void run(() => change(item.id, { position: down }))}
                >
                  {t("models.down")}
                </Menu.Item>
              )}
              <Menu.Divider />
              <Menu.Item color="var(--danger)" leftSection={<Icon name="trash" size={16} />} onClick={() => setAsked(true)}>
                {t("models.remove")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </div>
      {!item.usable && (
        <div className={classes["test"]}>
          <Notice tone="warning">{t("models.price.needed")}</Notice>
        </div>
      )}
      <TestLine item={item} testing={testing} result={result} />
      {problem && (
        <Notice tone="danger" alert>
          {say(problem)}
        </Notice>
      )}
      <Modal opened={asked} onClose={() => setAsked(false)} title={t("models.remove.title", { name: item.name })}>
        <Stack>
          <Text size="sm">{t("models.remove.text")}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsked(false)} data-autofocus>
              {t("app.cancel")}
            </Button>
            <Button
              color="red"
              onClick={() => {
                setAsked(false);
                void run(() => remove(item.id));
              }}
            >
              {t("models.remove")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </div>
  );
}

function factsOf(item: ModelItem, t: Translate, locale: string): string[] {
  const key = item.key_end ? t("models.key.end", { end: item.key_end }) : t(item.has_key ? "models.key.kept" : "models.key.none");
  const dollars = (price: number) =>
    new Intl.NumberFormat(locale, { style: "currency", currency: "USD", maximumFractionDigits: 6 }).format(price);
  const price =
    item.input_price !== null && item.output_price !== null
      ? t("models.price.known", { input: dollars(item.input_price), output: dollars(item.output_price) })
      : t("models.price.unknown");
  const context =
    item.context_tokens === null ? [] : [t("models.context.known", { n: new Intl.NumberFormat(locale).format(item.context_tokens) })];
  return [key, price, ...context];
}
