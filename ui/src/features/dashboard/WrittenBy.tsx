// Who writes the proposals, said before anything is begun, with the way to another one.
import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { useI18n } from "@/shared/i18n/i18n";
import { useModels } from "@/shared/models/models";
import classes from "./Dashboard.module.css";

export function WrittenBy() {
  const { t } = useI18n();
  const { data } = useModels();
  if (!data) return null;
  const kept = data.usable ? (data.items.find(({ is_default }) => is_default) ?? data.items[0]) : undefined;
  const name = data.environment ?? kept?.name;
  return (
    <p className={classes["writtenBy"]} data-testid="written-by">
      <span>{name === undefined ? t("models.dash.muse") : t("models.dash.model", { name })}</span>{" "}
      <Anchor component={Link} to="/models" size="sm" underline="always">
        {t(name === undefined ? "models.dash.connect" : "models.dash.manage")}
      </Anchor>
    </p>
  );
}
