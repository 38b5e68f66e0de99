// Where what is accepted in the stage on the table came from, instead of its proposals.
import { memo } from "react";
import { ProvenanceText } from "@/shared/provenance/ProvenanceText";
import { Disclosures } from "@/shared/provenance/Disclosures";
import { Legend } from "@/shared/provenance/Shares";
import { Coming } from "@/shared/ui/Coming";
import { useSettled } from "./contents";
import { useSession } from "./context";
import classes from "./StageTable.module.css";

export const StageOrigins = memo(function StageOrigins() {
  const { state, stage } = useSession();
  const content = useSettled(state, [stage])?.[stage];
  return (
    <div className={classes["origins"]}>
      <Disclosures sessionId={state.session_id} />
      <Legend />
      {content ? (
        <ProvenanceText key={stage} sessionId={state.session_id} stage={stage} content={content} version={state.version} />
      ) : (
        <Coming asked={{ data: null, failed: false, again: () => undefined }} />
      )}
    </div>
  );
});
