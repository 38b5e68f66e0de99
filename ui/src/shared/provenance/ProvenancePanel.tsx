// The chain behind one sentence or field, from the proposal to the confirmation: beside the text, on a phone over it.
import { Drawer, UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useState } from "react";
import type { Content, WorkStage } from "@/shared/api/types";
import { dotted, pathName } from "@/shared/content/pathName";
import { SHAPES } from "@/shared/content/shapes";
import marks from "@/shared/content/Origins.module.css";
import { useI18n } from "@/shared/i18n/i18n";
import { around, writtenBy } from "./origins";
import { ProvenanceStepView } from "./ProvenanceStepView";
import type { Chosen } from "./ProvenanceText";
import { Shares } from "./Shares";
import { Telling } from "./Telling";
import { useProvenance } from "./useProvenance";
import classes from "./Provenance.module.css";

interface PanelProps {
  sessionId: string;
  stage: WorkStage;
  content: Content;
  version: number;
  chosen: Chosen | null;
  choose: (chosen: Chosen | null) => void;
}

export function ProvenancePanel({ chosen, choose, ...of }: PanelProps) {
  const { t } = useI18n();
  const narrow = useMediaQuery("(max-width: 48rem)", window.matchMedia("(max-width: 48rem)").matches);
  // whoever follows a link goes on there; whoever closes, at the sentence
  const [left, setLeft] = useState(false);
  useEffect(() => {
    if (chosen !== null) setLeft(false);
  }, [chosen]);
  const leave = () => {
    setLeft(true);
    choose(null);
  };
  return (
    <Drawer
      opened={chosen !== null}
      onClose={() => choose(null)}
      returnFocus={!left}
      position={narrow ? "bottom" : "right"}
      size={narrow ? "75%" : "22rem"}
      withOverlay={narrow}
      lockScroll={narrow}
      closeOnClickOutside={narrow}
      title={t("origin.panel")}
      classNames={{ root: classes["drawer"] ?? "", inner: classes["inner"] ?? "" }}
    >
      {chosen && <Chain {...of} chosen={chosen} choose={choose} leave={leave} />}
    </Drawer>
  );
}

function Chain({ sessionId, stage, content, version, chosen, choose, leave }: PanelProps & { chosen: Chosen; leave: () => void }) {
  const { t } = useI18n();
  const told = useProvenance(sessionId, `/${stage}${chosen.path}`, version);
  const written = chosen.sentence ? writtenBy(chosen.sentence.pieces) : null;
  return (
    <div className={classes["panel"]} data-testid="provenance-panel">
      <Where stage={stage} content={content} path={chosen.path} choose={choose} />
      {chosen.sentence && (
        <blockquote dir="auto" className={classes["quote"]}>
          {chosen.sentence.pieces.map((piece, place) => (
            <span key={place} className={marks["piece"]} data-by={piece.by}>
              {piece.text}
            </span>
          ))}
        </blockquote>
      )}
      <Telling told={told} />
      {told.found && (
        <>
          <Shares shares={told.found.shares} />
          <ol className={classes["chain"]} aria-label={t("origin.chain")}>
            {told.found.steps.map((step) => (
              <ProvenanceStepView
                key={step.number}
                step={step}
                found={told.found as NonNullable<typeof told.found>}
                sessionId={sessionId}
                stage={stage}
                content={content}
                leave={leave}
                ofSentence={written?.get(step.number) ?? null}
              />
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

type WhereProps = Pick<PanelProps, "stage" | "content" | "choose"> & { path: string };

/** Which text it is, and everything around it to be asked about as well: the item, the list, the stage. */
function Where({ stage, content, path, choose }: WhereProps) {
  const { t, language } = useI18n();
  const name = (at: string) => {
    if (at === "") return t(`stage.${stage}`);
    return pathName(SHAPES[stage], content, dotted(content, at), language).split(" › ").at(-1) ?? at;
  };
  const ways = around(path).filter((at, place, all) => at === "" || name(at) !== name(all[place - 1] ?? ""));
  return (
    <nav aria-label={t("origin.around")} className={classes["where"]}>
      {ways.map((at) => (
        <UnstyledButton
          key={at}
          aria-current={at === path ? "true" : undefined}
          data-testid="origin-around"
          onClick={() => choose({ path: at, sentence: null })}
        >
          <bdi>{name(at)}</bdi>
        </UnstyledButton>
      ))}
    </nav>
  );
}
