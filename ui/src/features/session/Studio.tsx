// The three panes, side by side on a desk, as tabs on a phone.
import { SegmentedControl } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { memo, useState } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { useStored } from "@/shared/lib/useStored";
import { GuardedIcon } from "@/shared/ui/GuardedButton";
import { Icon } from "@/shared/ui/Icon";
import { AiPane } from "./AiPane";
import { ConflictDialog } from "./ConflictDialog";
import { useSession } from "./context";
import { Dock } from "./Dock";
import { ForeignBar } from "./foreign/ForeignBar";
import { HistoryPane } from "./HistoryPane";
import { KeyList } from "./KeyList";
import { useTime } from "./past/context";
import { PastBar } from "./past/PastBar";
import { useTimeKeys } from "./past/useTimeKeys";
import { TABLE_ID } from "./reach";
import { useWhenEventIsShown } from "./shownEvent";
import { SessionHeader } from "./SessionHeader";
import { StageRail } from "./StageRail";
import { StageTable } from "./StageTable";
import { StatusLine } from "./StatusLine";
import classes from "./Studio.module.css";

type Tab = "work" | "history" | "ai";

export const Studio = memo(function Studio() {
  const { t } = useI18n();
  const { state, stage, view } = useSession();
  const { place } = useTime();
  useTimeKeys();
  const narrow = useMediaQuery("(max-width: 62rem)", window.matchMedia("(max-width: 62rem)").matches);
  return (
    <div className={classes["studio"]} data-past={place !== null || undefined}>
      {(view.proposals.length > 0 || stage in state.confirmed_data) && (
        <a className="skip" href={`#${TABLE_ID}`}>
          {t("app.skip.proposals")}
        </a>
      )}
      <SessionHeader />
      <ForeignBar />
      {narrow ? <Phone /> : <Desk />}
      {narrow && <PastBar />}
      <KeyList />
      <ConflictDialog />
      <Dock />
    </div>
  );
});

function Phone() {
  const { t } = useI18n();
  const [tab, setTab] = useState<Tab>("work");
  useWhenEventIsShown(() => setTab("history"));
  return (
    <>
      <div className={classes["tabs"]}>
        <SegmentedControl
          fullWidth
          size="sm"
          aria-label={t("pane.panes")}
          value={tab}
          onChange={(value) => setTab(value)}
          data={(["work", "history", "ai"] as const).map((value) => ({ value, label: t(`pane.${value}`) }))}
        />
        {tab === "work" && <StageRail />}
      </div>
      <main className={classes["work"]}>
        <StatusLine />
        {tab === "work" && <StageTable />}
        {tab === "history" && <HistoryPane />}
        {tab === "ai" && <AiPane />}
      </main>
    </>
  );
}

function Desk() {
  const { t } = useI18n();
  const [folded, setFolded] = useStored("genesis:panes");
  const left = !folded.includes("left");
  const right = !folded.includes("right");
  const fold = (side: "left" | "right") =>
    setFolded(folded.includes(side) ? folded.replace(side, "") : `${folded} ${side}`.trim());
  const [tab, setTab] = useState<"history" | "ai">("history");
  useWhenEventIsShown(() => {
    setTab("history");
    if (!right) fold("right");
  });
  return (
    <div className={classes["desk"]} data-left={left} data-right={right}>
      <div className={classes["left"]}>
        {left && <StageRail />}
        <Fold open={left} side="left" name={t("pane.stages")} onClick={() => fold("left")} />
      </div>
      <main className={classes["work"]}>
        <PastBar />
        <StatusLine />
        <StageTable />
      </main>
      <aside className={classes["right"]} aria-label={t("pane.history")}>
        <div className={classes["asideHead"]}>
          {right && (
            <SegmentedControl
              size="xs"
              aria-label={t("pane.panes")}
              value={tab}
              onChange={(value) => setTab(value)}
              data={(["history", "ai"] as const).map((value) => ({ value, label: t(`pane.${value}`) }))}
            />
          )}
          <Fold open={right} side="right" name={t("pane.history")} onClick={() => fold("right")} />
        </div>
        {right && (tab === "history" ? <HistoryPane /> : <AiPane />)}
      </aside>
    </div>
  );
}

function Fold({ open, side, name, onClick }: { open: boolean; side: "left" | "right"; name: string; onClick: () => void }) {
  const { t } = useI18n();
  return (
    <GuardedIcon
      variant="subtle"
      color="gray"
      why={null}
      label={open ? `${t("pane.hide")}${t("app.colon")}${name}` : t("pane.show", { name })}
      onClick={onClick}
    >
      <Icon name={(side === "left") === open ? "left" : "right"} size={16} />
    </GuardedIcon>
  );
}
