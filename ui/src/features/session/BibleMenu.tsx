// The story bible as a file: what is confirmed, at the moment that is shown.
import { DownloadMenu } from "@/shared/download/DownloadMenu";
import { fetchBible } from "@/shared/download/files";
import { useI18n } from "@/shared/i18n/i18n";
import { useSession } from "./context";

export function BibleMenu() {
  const { t } = useI18n();
  const { state, moment } = useSession();
  return (
    <DownloadMenu
      name="bible"
      label={t("bible.download")}
      about={moment === null ? t("bible.whatItIs") : t("bible.past", { n: moment.version })}
      failed={t("bible.failed")}
      nothing={Object.keys(state.confirmed_data).length === 0 ? t("bible.nothing") : null}
      // the version that is shown: what the writer sees is what they get
      fetchFile={(format) => fetchBible(state.session_id, state.version, format)}
    />
  );
}
