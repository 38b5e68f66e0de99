// The map of relations in words: who stands how to whom, in the order of the numbers on the map.
import { useI18n } from "@/shared/i18n/i18n";
import { fieldLabel } from "@/shared/i18n/labels";
import type { Graph } from "./relations";

export function RelationList({ graph }: { graph: Graph }) {
  const { t, language } = useI18n();
  const name = (key: string) => graph.people.find((person) => person.key === key)?.name || "…";
  const alone = graph.people.filter(({ key }) => !graph.ties.some(({ from, to }) => from === key || to === key));
  return (
    <>
      {graph.ties.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{t("map.from")}</th>
              <th scope="col">{t("map.to")}</th>
              <th scope="col">{fieldLabel("surface", language)}</th>
              <th scope="col">{fieldLabel("hidden_tension", language)}</th>
            </tr>
          </thead>
          <tbody>
            {graph.ties.map((tie) => (
              <tr key={tie.n}>
                <th scope="row">
                  {tie.n} <bdi>{name(tie.from)}</bdi>
                </th>
                <td dir="auto">{name(tie.to)}</td>
                <td dir="auto">{tie.said.map(({ surface }) => surface).filter(Boolean).join(" · ")}</td>
                <td dir="auto">{tie.said.map(({ hidden }) => hidden).filter(Boolean).join(" · ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {alone.length > 0 && (
        <ul>
          {alone.map(({ key, name: called }) => (
            <li key={key}>
              <bdi>{called || "…"}</bdi> · {t("map.alone")}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
