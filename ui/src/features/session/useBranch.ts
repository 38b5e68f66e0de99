// A new session from any moment of this one.
import { useNavigate } from "react-router";
import { useSession } from "./context";

export interface Branch {
  whyNot: string | null;
  busy: (version: number) => boolean;
  from: (version: number) => void;
}

export function branchKey(version: number): string {
  return `branch:${version}`;
}

export function useBranch(): Branch {
  const { state, commands, whyNot } = useSession();
  const navigate = useNavigate();
  return {
    whyNot: whyNot("BRANCH_GENESIS"),
    busy: (version) => commands.busy(branchKey(version)),
    from: (version) => {
      void commands
        .run(branchKey(version), {
          command_type: "BRANCH_GENESIS",
          payload: { from_session_id: state.session_id, at_version: version },
        })
        .then((answer) => answer && navigate(`/sessions/${answer.session_id}`, { state: { version: answer.version } }));
    },
  };
}
