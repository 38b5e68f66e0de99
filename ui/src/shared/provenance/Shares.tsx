// What the lines under a text mean, and whose its characters are, in numbers and with the way they were counted.
import type { AuthorShares } from "@/shared/api/types";
import type { Author } from "@/shared/content/origins";
import marks from "@/shared/content/Origins.module.css";
import { useI18n } from "@/shared/i18n/i18n";
import { sharesOf } from "./origins";
import classes from "./Provenance.module.css";

const AUTHORS: readonly Author[] = ["ai", "muse", "edited", "person"];

export function Legend() {
  const { t } = useI18n();
  return (
    <ul className={classes["legend"]} aria-label={t("origin.legend")} data-testid="origin-legend">
      {AUTHORS.map((author) => (
        <li key={author}>
          <span className={marks["piece"]} data-by={author}>
            {t(`origin.by.${author}`)}
          </span>
          {t("app.colon")}
          {t(`origin.legend.${author}`)}
        </li>
      ))}
    </ul>
  );
}

export function Shares({ shares }: { shares: AuthorShares }) {
  const { t, locale } = useI18n();
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  return (
    <div className={classes["shares"]} data-testid="origin-shares">
      <dl>
        {sharesOf(shares).map(({ author, characters, part }) => (
          <div key={author}>
            <dt>{t(`origin.share.${author}`)}</dt>
            <dd>
              {t("origin.characters", { n: characters.toLocaleString(locale) })}
              {part !== null && ` · ${percent.format(part)}`}
            </dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>{t("origin.method")}</summary>
        <p>{t("origin.method.text")}</p>
      </details>
    </div>
  );
}
