// Why nothing can be done in the past; and of what could not be done then either, why not.
import { useCallback } from "react";
import type { CommandType, Stage } from "@/shared/api/types";
import { useI18n, useReason } from "@/shared/i18n/i18n";
import type { ShownState } from "./moment";

export function useWhyNotThen(past: ShownState | null, onTable: Stage, head: number): (command: CommandType, of?: Stage) => string {
  const { t } = useI18n();
  const reason = useReason();
  const version = past?.version ?? 0;
  const actions = past?.available_actions;
  return useCallback(
    (command, of) => {
      const looking = t("past.why", { n: version, head });
      const action = actions?.find(
        (offered) => offered.command_type === command && (offered.stage === null || offered.stage === (of ?? onTable)),
      );
      if (action === undefined || action.enabled) return looking;
      return `${looking} ${t("past.why.then", { why: reason(action.code, action.reason) })}`;
    },
    [t, reason, version, head, actions, onTable],
  );
}
