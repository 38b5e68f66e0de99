// /sessions/:id — the studio: stages, the table, history and AI.
import { Button, Center, Loader, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Link, useLocation, useNavigate, useOutletContext, useParams, useSearchParams } from "react-router";
import type { Problem } from "@/shared/api/problem";
import { isWorkStage, type SessionAccess, type SessionState, type WorkStage } from "@/shared/api/types";
import { useCommands } from "@/shared/api/useCommands";
import { namesIn } from "@/shared/content/values";
import { NamesContext } from "@/shared/content/fieldTools";
import { useI18n, useMaybe, useReason } from "@/shared/i18n/i18n";
import { useSecondsUntil } from "@/shared/lib/time";
import { useStable } from "@/shared/lib/useStable";
import { useAllLocks, useSettled, useWhole } from "./contents";
import { SessionContext, type Session } from "./context";
import { refreshState, untilShown, useLive, useSessionState } from "./data";
import { useAccess, useRecord } from "./foreign/access";
import { heardUntil, type Live } from "./live";
import { TimeContext } from "./past/context";
import type { ShownState } from "./past/moment";
import { entryAt } from "./past/useEventText";
import { useOpenedAt } from "./past/pastState";
import { useTravel } from "./past/useTravel";
import { useWhyNotThen } from "./past/useWhyNotThen";
import { RefusedHere } from "@/shared/ui/GuardedButton";
import { Studio } from "./Studio";
import { useAway } from "./useAway";
import { useCareful } from "./useCareful";

export function SessionPage() {
  const { id = "" } = useParams();
  return <Loaded key={id} id={id} />;
}

function Loaded({ id }: { id: string }) {
  const { t } = useI18n();
  const from = (useLocation().state as { version?: number } | null)?.version ?? 0;
  const analyst = useOutletContext<{ analyst?: boolean } | undefined>()?.analyst === true;
  const found = useSessionState(id, from);
  useOpenedAt(id, useSearchParams()[0].get("at"));
  const access = useAccess(id, analyst);
  if (found.data && !access.asking && !access.failed) return <Ready id={id} state={found.data} foreign={access.foreign} />;
  if (!found.isError && !access.failed) return <Waiting />;
  return (
    <Center mih="50vh" component="main">
      <Stack align="center">
        <Text role="alert">{t("studio.gone")}</Text>
        <Button component={Link} to="/" variant="light">
          {t("app.back")}
        </Button>
      </Stack>
    </Center>
  );
}

function Waiting() {
  const { t } = useI18n();
  return (
    <Center mih="50vh" component="main">
      <Stack align="center" gap="sm">
        <Loader type="dots" />
        <Text c="dimmed">{t("app.loading")}</Text>
      </Stack>
    </Center>
  );
}

function Ready({ id, state: now, foreign }: { id: string; state: SessionState; foreign: SessionAccess | null }) {
  const { t } = useI18n();
  const own = foreign === null;
  const [streamed, record] = [useLive(id, own), useRecord(id, !own)];
  const live = own ? streamed : record;
  const { time, past, opening } = useTravel(id, now, live.timeline);
  const session = useStudioSession(id, now, { past, live, foreign });
  const { state } = session;
  useLandingOnNovel(now, past === null);
  useEffect(() => {
    document.title = `${state.title || state.seed || "…"} · Genesis Studio`;
    return () => {
      document.title = "Genesis Studio";
    };
  }, [state.title, state.seed]);
  const names = useNames(state);
  if (opening) return <Waiting />;
  return (
    <SessionContext value={session}>
      <TimeContext value={time}>
        <NamesContext value={names}>
          <RefusedHere value={own ? null : t("foreign.why")}>
            <Studio />
          </RefusedHere>
        </NamesContext>
      </TimeContext>
    </SessionContext>
  );
}

const NAMING = ["CHARACTERS", "WORLDVIEW"] as const;

/** Names of the people and places that other stages refer to by their ids. */
function useNames(state: SessionState): Map<string, string> {
  const settled = useSettled(state, NAMING);
  const characters = useWhole(state, newestOf(state, "CHARACTERS")).data;
  const worldview = useWhole(state, newestOf(state, "WORLDVIEW")).data;
  const known = JSON.stringify([...namesIn([...Object.values(settled ?? {}), characters?.content, worldview?.content])]);
  return useMemo(() => new Map(JSON.parse(known) as [string, string][]), [known]);
}

function newestOf(state: SessionState, stage: WorkStage): string | null {
  return state.stages.find((found) => found.stage === stage)?.proposals.at(-1)?.id ?? null;
}

interface Seen {
  past: ShownState | null;
  live: Live;
  foreign: SessionAccess | null;
}

function useStudioSession(id: string, now: SessionState, { past, live, foreign }: Seen): Session {
  const cache = useQueryClient();
  const { t } = useI18n();
  const maybe = useMaybe();
  const reason = useReason();
  const away = useAway(live.connection);
  const [limited, setLimited] = useState(0);
  const wait = useSecondsUntil(limited);
  const settled = useCallback((answer: { version: number }) => untilShown(cache, id, answer.version), [cache, id]);
  const refused = useCallback(
    (problem: Problem) => {
      if (problem.code === "RATE_LIMITED") setLimited(problem.at + (problem.retryAfter ?? 1) * 1000);
      if (problem.status === 409) void refreshState(cache, id).catch(() => undefined);
    },
    [cache, id],
  );
  const commands = useCommands({ settled, refused });
  const careful = useCareful(id, commands);
  const [search, setSearch] = useSearchParams();
  const state = past ?? now;
  const ended = state.status === "COMPLETED" || state.status === "ABANDONED" || state.status === "PAUSED";
  const onlyLooks = ended || past !== null || foreign !== null;
  const looked = onlyLooks ? search.get("stage") : null;
  const current = isWorkStage(state.current_stage) ? state.current_stage : "PLOT_OUTLINE";
  const stage = looked !== null && isWorkStage(looked) ? looked : current;
  const shown = state.stages.find((found) => found.stage === stage) ?? state.stages[0];
  if (!shown) throw new Error("a session without stages");
  const view = useAllLocks(state, shown);
  const whyNotNow = useCallback<Session["whyNot"]>(
    (command, of) => {
      if (wait > 0 && (command === "GENERATE_INSPIRATION" || command === "PROVIDE_FEEDBACK")) return t("wait.seconds", { n: wait });
      const action = now.available_actions.find(
        (offered) => offered.command_type === command && (offered.stage === null || offered.stage === (of ?? stage)),
      );
      return action === undefined || action.enabled ? null : reason(action.code, action.reason);
    },
    [now.available_actions, stage, reason, wait, t],
  );
  const whyNotThen = useWhyNotThen(past, stage, now.version);
  // a new session can be begun from any moment: all else is done now
  const whyNot = useCallback<Session["whyNot"]>(
    (command, of) => {
      if (foreign !== null) return command === "BRANCH_GENESIS" ? null : t("foreign.why");
      return past === null || command === "BRANCH_GENESIS" ? whyNotNow(command, of) : whyNotThen(command, of);
    },
    [foreign, past, whyNotNow, whyNotThen, t],
  );
  const heard = useMemo(() => (past === null ? live : heardUntil(live, past.version)), [live, past]);
  const readAt = foreign === null ? null : (entryAt(live.timeline, now.version)?.occurred_at ?? null);
  const moment = useMemo(
    () => past?.moment ?? (foreign === null ? null : { version: now.version, at: readAt }),
    [past, foreign, now.version, readAt],
  );
  const conflict = past === null ? careful.conflict : null; // it waits until one is back
  const go = useStable((to: WorkStage) => {
    if (onlyLooks) setSearch((before) => lookingAt(before, to), { replace: true });
    else void commands.run("navigate", { command_type: "NAVIGATE_TO_STAGE", session_id: id, payload: { stage: to } });
  });
  const stageName = useCallback<Session["stageName"]>((of) => maybe(`stage.${of}`, of), [maybe]);
  // every part of the studio is drawn anew with it: the same object for as long as nothing in it has changed
  return useMemo(
    () => ({ state, moment, foreign, live: heard, away, commands, careful, conflict, wait, stage, view, whyNot, go, stageName }),
    [state, moment, foreign, heard, away, commands, careful, conflict, wait, stage, view, whyNot, go, stageName],
  );
}

function lookingAt(search: URLSearchParams, stage: WorkStage): URLSearchParams {
  const after = new URLSearchParams(search);
  after.set("stage", stage);
  return after;
}

/** The moment that a session becomes a novel, whoever completed it, the page turns to the novel; not under who looks back. */
function useLandingOnNovel(state: SessionState, here: boolean): void {
  const navigate = useNavigate();
  const before = useRef(state.status);
  useEffect(() => {
    const finished = before.current !== "COMPLETED" && state.status === "COMPLETED";
    before.current = state.status;
    if (here && finished && state.novel_id) void navigate(`/novels/${state.novel_id}?from=${state.version}`);
  }, [state.status, state.novel_id, state.version, here, navigate]);
}

