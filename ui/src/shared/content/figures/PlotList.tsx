// The plot line in words: what stands where on the length of the book.
import { useI18n } from "@/shared/i18n/i18n";
import { wordLabel } from "@/shared/i18n/labels";
import type { Outline } from "./outline";
import { threadPlace } from "./useChosenPart";
import { whole } from "./plotParts";

export function PlotList({ outline }: { outline: Outline }) {
  const { t, language } = useI18n();
  const number = new Intl.NumberFormat(language);
  const range = (from: number, to: number) => t("plot.range", { from: whole(from), to: whole(to) });
  const rows = [
    ...outline.acts.map(({ name, from, to }) => [t("plot.act"), range(from, to), name]),
    ...outline.beats.map(({ label, at }) => [t("plot.beat"), at === null ? t("plot.noPlace") : `${whole(at)}%`, label]),
    ...outline.chapters.map(({ n, title, words, from, to }) => [
      t("plot.chapter", { n }),
      range(from, to),
      words ? `${title} (${t("plot.words", { n: number.format(words) })})` : title,
    ]),
    ...outline.threads.map((thread) => [
      thread.status ? `${t("plot.thread")} (${wordLabel(thread.status, language)})` : t("plot.thread"),
      threadPlace(thread, t) || t("plot.noPlace"),
      thread.setup,
    ]),
  ];
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("plot.kind")}</th>
          <th scope="col">{t("plot.where")}</th>
          <th scope="col">{t("plot.what")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([kind, where, what], index) => (
          <tr key={index}>
            <th scope="row">{kind}</th>
            <td>{where}</td>
            <td dir="auto">{what}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
