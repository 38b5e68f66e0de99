// What went wrong with signing in or with an account, in the page's language.
import { useCallback } from "react";
import type { Problem } from "@/shared/api/problem";
import { useI18n, useProblemText } from "@/shared/i18n/i18n";

export function useAccountProblem(): (problem: Problem, wait?: number) => string {
  const { t } = useI18n();
  const say = useProblemText();
  return useCallback(
    (problem, wait = 0) => {
      if (problem.code === "UNAUTHENTICATED") return t("auth.wrong");
      if (problem.code === "WRONG_PASSWORD") return t("account.password.wrong");
      if (problem.code === "RATE_LIMITED") return t("auth.limited", { n: wait || (problem.retryAfter ?? 1) });
      return say(problem);
    },
    [t, say],
  );
}
