// The frame around every page: the name, the language, light and dark, and who is signed in.
import { ActionIcon, Menu, SegmentedControl, Text, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { Link, NavigationType, NavLink, Outlet, useLocation, useMatch, useNavigationType } from "react-router";
import { useEffect, useRef, type RefObject } from "react";
import { signOut, useMe } from "@/features/auth/me";
import { SignInPage } from "@/features/auth/SignInPage";
import { Balance } from "@/features/credits/Balance";
import { UsedAddress } from "@/features/auth/UsedAddress";
import { useI18n } from "@/shared/i18n/i18n";
import { Icon, type IconName } from "@/shared/ui/Icon";
import { NotKept } from "@/shared/ui/NotKept";
import { Opening } from "./Fallbacks";
import classes from "./Shell.module.css";

export function Shell() {
  const { t } = useI18n();
  const me = useMe();
  const content = useRef<HTMLDivElement>(null);
  const nobody = me.data === null;
  const before = useRef(nobody);
  useEffect(() => {
    // the form that had the focus is gone once somebody is signed in
    if (before.current && !nobody) content.current?.focus({ preventScroll: true });
    before.current = nobody;
  }, [nobody]);
  useTopOfNewPage(content);
  // the desk has the page to itself; whoever is not signed in finds the frame around the form
  const alone = useMatch("/projects/:id/chapters/:chapterId/desk") !== null && Boolean(me.data);
  return (
    <div className={classes["shell"]}>
      <a className="skip" href="#content">
        {t("app.skip")}
      </a>
      {!alone && <header className={classes["header"]}>
        <Link to="/" className={classes["name"]} aria-label="Genesis Studio">
          <Icon name="pen" size={20} />
          <span>Genesis Studio</span>
        </Link>
        {me.data && (
          <nav className={classes["nav"]} aria-label={t("app.nav")}>
            <NavLink to="/insights" className={classes["navLink"]}>
              <Icon name="chart" />
              <span>{t("insights.title")}</span>
            </NavLink>
          </nav>
        )}
        <div className={classes["tools"]}>
          <LanguageSwitch />
          <SchemeSwitch />
          {me.data && <Balance />}
          {me.data && <AccountMenu name={me.data.name} />}
        </div>
      </header>}
      <div id="content" ref={content} tabIndex={-1} className={classes["content"]}>
        {me.data && <UsedAddress name={me.data.name} />}
        {me.data ? <Outlet context={{ analyst: me.data.role === "analyst" }} /> : me.isPending ? <Opening /> : <SignInPage unreachable={me.isError} again={() => void me.refetch()} />}
      </div>
      <NotKept />
    </div>
  );
}

/** A link leads to the top of its page, for the eye and for the keyboard; back and reload lead to where one was. */
function useTopOfNewPage(content: RefObject<HTMLDivElement | null>): void {
  const { pathname } = useLocation();
  const how = useNavigationType();
  useEffect(() => {
    if (how !== NavigationType.Push) return;
    window.scrollTo({ top: 0, behavior: "instant" });
    content.current?.focus({ preventScroll: true });
  }, [pathname, how, content]);
}

function LanguageSwitch() {
  const { language, setLanguage, t } = useI18n();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("app.language")}
      value={language}
      onChange={(value) => setLanguage(value)}
      data={[
        { value: "en", label: "EN" },
        { value: "zh", label: "中文" },
      ]}
    />
  );
}

const SCHEMES: [MantineColorScheme, IconName][] = [
  ["auto", "auto"],
  ["light", "sun"],
  ["dark", "moon"],
];

function SchemeSwitch() {
  const { t } = useI18n();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const icon = SCHEMES.find(([scheme]) => scheme === colorScheme)?.[1] ?? "auto";
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("app.theme")}>
          <Icon name={icon} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(([scheme, name]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon name={name} size={16} />}
            rightSection={scheme === colorScheme ? <Icon name="check" size={14} /> : undefined}
            onClick={() => setColorScheme(scheme)}
          >
            {t(`app.theme.${scheme}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function AccountMenu({ name }: { name: string }) {
  const { t } = useI18n();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="light" size="lg" radius="xl" aria-label={t("app.account")}>
          <Text size="sm" fw={600}>
            {(name.trim()[0] ?? "·").toUpperCase()}
          </Text>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("account.signedInAs", { name })}</Menu.Label>
        <Menu.Item component={Link} to="/account">
          {t("account.title")}
        </Menu.Item>
        <Menu.Item component={Link} to="/models">
          {t("models.title")}
        </Menu.Item>
        <Menu.Item onClick={() => void signOut()}>{t("app.signOut")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
