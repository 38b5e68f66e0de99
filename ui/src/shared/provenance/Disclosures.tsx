// What of the whole session can be taken along: the disclosure for people and programs, and W3C PROV-JSON.
import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { ask, client } from "@/shared/api/client";
import { asProblem, type Problem } from "@/shared/api/problem";
import type { Key } from "@/shared/i18n/en";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";
import { saveFile } from "@/shared/lib/saveFile";
import { Notice } from "@/shared/ui/Notice";
import classes from "./Provenance.module.css";

type Form = "markdown" | "json" | "prov";

const FORMS: [Form, Key, string][] = [
  ["markdown", "origin.save.markdown", "disclosure.md"],
  ["json", "origin.save.json", "disclosure.json"],
  ["prov", "origin.save.prov", "prov.json"],
];

async function read(session_id: string, form: Form): Promise<Blob> {
  const path = { session_id };
  if (form === "prov") {
    return new Blob([
      await ask<string>(
        client.GET("/api/v1/genesis/{session_id}/provenance/prov", { params: { path }, parseAs: "text" }),
      ),
    ]);
  }
  return new Blob([
    await ask<string>(
      client.GET("/api/v1/genesis/{session_id}/provenance/disclosure", {
        params: { path, query: { format: form } },
        parseAs: "text",
      }),
    ),
  ]);
}

export function Disclosures({ sessionId }: { sessionId: string }) {
  const { t } = useI18n();
  const say = useProblemText();
  const [busy, setBusy] = useState<Form | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = async (form: Form, name: string) => {
    setBusy(form);
    setProblem(null);
    try {
      saveFile(await read(sessionId, form), `${sessionId}-${name}`);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(null);
    }
  };
  return (
    <div className={classes["files"]}>
      <Group gap="xs" role="group" aria-label={t("origin.save")}>
        {FORMS.map(([form, label, name]) => (
          <Button
            key={form}
            size="compact-sm"
            variant="light"
            data-testid={`save-${form}`}
            loading={busy === form}
            onClick={() => void save(form, name)}
          >
            {t(label)}
          </Button>
        ))}
      </Group>
      {problem && (
        <Notice tone="danger" alert>
          {t("origin.save.failed")} {say(problem)}
        </Notice>
      )}
    </div>
  );
}
