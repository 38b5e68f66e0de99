// How much hangs in the balance at the end of each chapter, as a line over the book.
import type { BookContents } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import cards from "./Contents.module.css";

const WIDTH = 600;
const HEIGHT = 90;
const MOST = 10;

export function TensionCurve({ curve }: { curve: BookContents["curve"] }) {
  const { t } = useI18n();
  const told = curve.filter(({ tension }) => tension > 0);
  const top = told.reduce<(typeof told)[number] | null>((best, point) => (best && best.tension >= point.tension ? best : point), null);
  const [first] = told;
  const last = told.at(-1);
  if (told.length < 3 || !top || !first || !last) return null;
  const low = Math.min(...told.map(({ tension }) => tension));
  const x = (number: number) => 6 + ((WIDTH - 12) * (number - 1)) / Math.max(1, curve.length - 1);
  const y = (tension: number) => HEIGHT - 6 - ((HEIGHT - 12) * (tension - 1)) / (MOST - 1);
  return (
    <figure className={cards["curve"]}>
      <figcaption>{t("findings.curve")}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("findings.curve.said", { first: first.number, last: last.number, low, high: top.tension, n: top.number })} preserveAspectRatio="none">
        <polyline points={told.map((point) => `${x(point.number)},${y(point.tension)}`).join(" ")} vectorEffect="non-scaling-stroke" />
      </svg>
    </figure>
  );
}
