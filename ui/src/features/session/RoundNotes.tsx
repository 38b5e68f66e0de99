// How the last round ended: that not all proposals came, with a way to ask for the rest, and what is to be said of it.
import { useI18n, useNoteText } from "@/shared/i18n/i18n";
import { GuardedButton } from "@/shared/ui/GuardedButton";
import { Notice } from "@/shared/ui/Notice";
import { useSession } from "./context";
import type { Generate } from "./useGenerate";

export function RoundNotes({ generate }: { generate: Generate }) {
  const { t } = useI18n();
  const say = useNoteText();
  const { view, foreign } = useSession();
  const round = view.last_round;
  if (!round) return null;
  const parts = round.missing?.length ?? 0;
  const missing = round.wanted - round.came;
  if (missing <= 0 && round.notes.length === 0) return null;
  return (
    <div data-testid="round-notes">
      <Notice
        tone="calm"
        title={
          parts > 0
            ? t("round.parts")
            : missing > 0
              ? t("round.few", { came: round.came, wanted: round.wanted })
              : t("round.notes")
        }
        action={
          // what parts are missing is asked for beside the proposal that lacks them
          parts === 0 &&
          missing > 0 &&
          foreign === null && (
            <GuardedButton
              size="xs"
              variant="light"
              data-testid="ask-for-the-rest"
              why={generate.whyNot}
              loading={generate.busy}
              onClick={() => generate.rest(missing)}
            >
              {t(missing === 1 ? "round.rest.one" : "round.rest.more", { n: missing })}
            </GuardedButton>
          )
        }
      >
        {round.notes.map((note, place) => (
          <div key={note} dir="auto">
            {say(note, round.note_codes?.[place])}
          </div>
        ))}
      </Notice>
    </div>
  );
}
