// /account — who I am, my password, where I am signed in, tokens for programs, who read what is mine, and the backups.
import { Text } from "@mantine/core";
import { useI18n } from "@/shared/i18n/i18n";
import { AccessList } from "./AccessList";
import { Backups } from "./Backups";
import { useMe } from "./me";
import { PasswordForm } from "./PasswordForm";
import { Reads } from "./Reads";
import { TokenForm } from "./TokenForm";
import classes from "./Account.module.css";

export function AccountPage() {
  const { t } = useI18n();
  const me = useMe();
  if (!me.data) return null;
  return (
    <main className={classes["page"]}>
      <header>
        <h1>{t("account.title")}</h1>
        <Text c="dimmed">
          {t("account.signedInAs", { name: me.data.name })} · {t(`account.role.${me.data.role}`)}
        </Text>
      </header>
      <section aria-labelledby="password">
        <h2 id="password">{t(me.data.has_password ? "account.password.change" : "account.password.first")}</h2>
        <PasswordForm name={me.data.name} hasPassword={me.data.has_password} />
      </section>
      <section aria-labelledby="access">
        <h2 id="access">{t("account.access")}</h2>
        <AccessList />
      </section>
      <section aria-labelledby="token">
        <h2 id="token">{t("account.token.new")}</h2>
        <TokenForm />
      </section>
      <section aria-labelledby="reads">
        <h2 id="reads">{t("account.reads")}</h2>
        <Reads />
      </section>
      {me.data.role === "owner" && (
        <section aria-labelledby="backups">
          <h2 id="backups">{t("account.backups")}</h2>
          <Backups />
        </section>
      )}
    </main>
  );
}
