// What every part of the studio needs to know: the state, the stage on the table, the stream, and how to act.
import { createContext, useContext } from "react";
import type { CommandType, SessionAccess, SessionState, Stage, StageView, WorkStage } from "@/shared/api/types";
import type { Commands } from "@/shared/api/useCommands";
import type { Live } from "./live";
import type { Moment } from "./past/moment";
import type { Careful, Conflict } from "./useCareful";

export interface Session {
  /** As it is now, or as it was at the moment that is looked at. */
  state: SessionState;
  /** The moment that is looked at; null: now. Nothing can be done there but look, and branch. What is somebody else's
   * is only looked at, as of when it was read. */
  moment: Moment | null;
  /** Somebody else's session, which an analyst reads; null: one's own. What would change it is not shown. */
  foreign: SessionAccess | null;
  /** Of a moment, what was heard until then. */
  live: Live;
  /** The studio cannot be heard just now: what is shown may be older than what there is. */
  away: boolean;
  commands: Commands;
  /** For commands that change a text: never over what the writer has not seen. */
  careful: Careful;
  conflict: Conflict | null;
  /** Seconds until the studio takes on more work; 0: now. */
  wait: number;
  /** The stage on the table. */
  stage: WorkStage;
  view: StageView;
  /** Opens a stage, or looks at it when the session has ended. */
  go: (stage: WorkStage) => void;
  /** Why the command cannot be given now, as a sentence; null: it can. */
  whyNot: (command: CommandType, stage?: Stage) => string | null;
  stageName: (stage: Stage) => string;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const found = useContext(SessionContext);
  if (found === null) throw new Error("SessionContext is missing");
  return found;
}
