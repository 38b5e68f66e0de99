// What code finds in the contents: each with what would mend it, and a way to say that it is meant so; and the curve.
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import type { BookContents, ContentsFinding } from "@/shared/api/types";
import { useI18n } from "@/shared/i18n/i18n";
import { TypedLine } from "@/shared/ui/Typed";
import cards from "./Contents.module.css";
import classes from "./Project.module.css";
import { TensionCurve } from "./TensionCurve";
import type { Contents } from "./useContents";

const LONGEST_REASON = 1_000;

export function Findings({ report, contents }: { report: BookContents; contents: Contents }) {
  const { t, locale } = useI18n();
  const n = new Intl.NumberFormat(locale).format(report.findings.length);
  if (report.curve.length === 0) return null;
  return (
    <section className={cards["findings"]} aria-labelledby="findings" data-testid="findings">
      <h2 id="findings">{t("findings.title")}</h2>
      <TensionCurve curve={report.curve} />
      {report.findings.length === 0 ? (
        <p className={classes["draftCost"]}>{t("findings.none")}</p>
      ) : (
        <details className={classes["draftForm"]} open={report.findings.length <= 5}>
          <summary>{t(report.findings.length === 1 ? "findings.count.one" : "findings.count", { n })}</summary>
          <ul className={cards["findingList"]}>
            {report.findings.map((finding) => (
              <Finding key={finding.id} finding={finding} projectId={report.project_id} contents={contents} />
            ))}
          </ul>
        </details>
      )}
      {report.waived.length > 0 && (
        <details className={classes["draftForm"]}>
          <summary>{t("findings.waived", { n: report.waived.length })}</summary>
          <ul className={cards["findingList"]}>
            {report.waived.map((finding) => (
              <Finding key={finding.id} finding={finding} projectId={report.project_id} contents={contents} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Finding({ finding, projectId, contents }: { finding: ContentsFinding; projectId: string; contents: Contents }) {
  const { t } = useI18n();
  const [reason, setReason] = useState<string | null>(null);
  const { id, kind, facts, chapters } = finding;
  const [first] = chapters;
  const can = reason !== null && reason.trim() !== "" && reason.length <= LONGEST_REASON;
  return (
    <li data-testid="finding" data-kind={kind}>
      {first && (
        <Link to={`/projects/${projectId}/chapters/${first.id}`} dir="auto">
          {first.number}. {first.title}
        </Link>
      )}
      <p dir="auto">{t(`finding.${kind}`, facts)}</p>
      {finding.reason ? <p className={classes["draftCost"]} dir="auto">{finding.reason}</p> : <p className={classes["draftCost"]}>{t(`finding.${kind}.change`, facts)}</p>}
      {finding.reason ? (
        <Button size="compact-xs" variant="subtle" loading={contents.busy} onClick={() => void contents.give({ command_type: "UNWAIVE_CONTENTS_FINDING", payload: { finding_id: id } })}>
          {t("findings.unwaive")}
        </Button>
      ) : reason === null ? (
        <Button size="compact-xs" variant="subtle" onClick={() => setReason("")} data-testid="waive">
          {t("findings.waive")}
        </Button>
      ) : (
        <form
          className={cards["waiving"]}
          onSubmit={(event) => {
            event.preventDefault();
            if (can) void contents.give({ command_type: "WAIVE_CONTENTS_FINDING", payload: { finding_id: id, reason } });
          }}
        >
          <TypedLine label={t("findings.reason")} value={reason} limit={LONGEST_REASON} type={setReason} />
          <div className={classes["choices"]}>
            <Button type="submit" size="compact-sm" variant="light" disabled={!can} loading={contents.busy}>
              {t("findings.waive.save")}
            </Button>
            <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setReason(null)}>
              {t("project.cancel")}
            </Button>
          </div>
        </form>
      )}
    </li>
  );
}
