// Warnings of time that runs out or is up, with the moment as the reader's own clock shows it.
import { useCallback } from "react";
import { useMaybe, useI18n, useWarningText } from "@/shared/i18n/i18n";
import { moment } from "@/shared/lib/time";
import { useSession } from "./context";

/** The sentence for a warning; one that does not speak of the session's time is said as the server says it. */
export function useTimeText(): (code: string, sentence: string) => string {
  const { locale } = useI18n();
  const maybe = useMaybe();
  const say = useWarningText();
  const { state } = useSession();
  return useCallback(
    (code, sentence) => maybe(`time.${code}`, say(code, sentence), { when: moment(state.expires_at, locale) }),
    [maybe, say, state.expires_at, locale],
  );
}
