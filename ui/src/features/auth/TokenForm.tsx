// A token for a program: what it may, how long, and the token itself, shown this once.
import { Button, Checkbox, Code, CopyButton, Group, NumberInput, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { NewToken } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { moment } from "@/shared/lib/time";
import { Notice } from "@/shared/ui/Notice";
import { SCOPES, useAccessChanges, type Scope } from "./access";
import { useAccountProblem } from "./problems";
import classes from "./Account.module.css";

export function TokenForm() {
  const { t } = useI18n();
  const { make } = useAccessChanges();
  const say = useAccountProblem();
  const [label, setLabel] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(["read", "write"]);
  const [days, setDays] = useState(90);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [made, setMade] = useState<NewToken | null>(null);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || scopes.length === 0) return;
    setBusy(true);
    setProblem(null);
    try {
      setMade(await make(label.trim(), scopes, days));
      setLabel("");
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void send(event)}>
      <Stack gap="sm" maw="32rem">
        {made && <Made token={made} close={() => setMade(null)} />}
        <TextInput
          label={t("account.token.label")}
          placeholder={t("account.token.label.hint")}
          value={label}
          maxLength={100}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <Checkbox.Group
          label={t("account.token.scopes")}
          value={scopes}
          onChange={(next) => setScopes(SCOPES.filter((scope) => next.includes(scope)))}
          error={scopes.length === 0 ? t("account.token.scopes.none") : undefined}
        >
          <Group mt={6}>
            {SCOPES.map((scope) => (
              <Checkbox key={scope} value={scope} label={t(`account.scope.${scope}`)} />
            ))}
          </Group>
        </Checkbox.Group>
        <NumberInput
          label={t("account.token.days")}
          value={days}
          min={1}
          max={3650}
          clampBehavior="strict"
          allowDecimal={false}
          maw="9rem"
          onChange={(value) => setDays(Number(value) || 1)}
        />
        {problem && (
          <Notice tone="danger" alert>
            {say(problem)}
          </Notice>
        )}
        <div>
          <Button type="submit" variant="light" loading={busy} disabled={scopes.length === 0} data-testid="make-token">
            {t("account.token.make")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}

function Made({ token, close }: { token: NewToken; close: () => void }) {
  const { t, locale } = useI18n();
  return (
    <div role="status" className={classes["made"]} data-testid="new-token">
      <strong>{t("account.token.once")}</strong>
      <Code block>{token.token}</Code>
      <Group gap="xs">
        <CopyButton value={token.token}>
          {({ copied, copy }) => (
            <Button size="xs" onClick={copy}>
              {t(copied ? "app.copied" : "account.token.copy")}
            </Button>
          )}
        </CopyButton>
        <Button size="xs" variant="subtle" color="gray" onClick={close}>
          {t("account.token.kept")}
        </Button>
        <span className={classes["quiet"]}>{t("account.until", { when: moment(token.expires_at, locale) })}</span>
      </Group>
    </div>
  );
}
