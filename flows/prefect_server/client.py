"""Creates, claims, resumes and reads flow runs in Prefect: few calls, each checked for what Prefect answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas import OrchestrationResult
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.responses import SetStateStatus
from prefect.context import AsyncClientContext
from prefect.exceptions import ObjectNotFound
from prefect.settings import (
    PREFECT_API_REQUEST_TIMEOUT,
    PREFECT_API_TLS_INSECURE_SKIP_VERIFY,
    PREFECT_API_URL,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    temporary_settings,
)
from prefect.states import AwaitingRetry, Pending, Scheduled

from flows.prefect_server.transport import RetryingClientContext
from infrastructure.loopback import bypass_proxies

FLOW = "genesis"
DEPLOYMENT = "studio"
ENTRYPOINT = "flows/workflow/genesis.py:genesis"

REQUEST_SECONDS = 8.0
"""How long an answer of Prefect's may take."""

SKEW = timedelta(hours=1)
"""How far this machine's clock may be off Prefect's. A run that is scheduled for now by a clock that is ahead would
have to wait for Prefect's to come to it, so ours are scheduled for long ago."""

UNREACHABLE = (httpx.HTTPError, OSError)
"""What a Prefect server that is not up yet, restarts or is gone answers with. Its users wait and try again."""


def said(error: BaseException) -> str:
    """One of UNREACHABLE for the log: its name, and the status that Prefect answered with."""
    status = f" {error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else ""
    return type(error).__name__ + status


class Resumed(Enum):
    """How Prefect took a resume. MOVED: the run waits no more. GONE: Prefect does not know the run, or it has ended."""

    ACCEPTED = "accepted"
    MOVED = "moved"
    GONE = "gone"


@asynccontextmanager
async def prefect_runs(api_url: str) -> AsyncIterator["Runs"]:
    """One open client for the life of a process; engines inside the context use it as well."""
    updates: dict[Any, Any] = {
        PREFECT_API_URL: api_url,
        # a heartbeat is a thread per run that outlives it; leases in PostgreSQL tell who is alive
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
        # whoever asks tries again by itself; Prefect's own retries sleep up to a minute, long after the server is back
        PREFECT_CLIENT_MAX_RETRIES: 0,
        PREFECT_API_REQUEST_TIMEOUT: REQUEST_SECONDS,
    }
    bypass_proxies()  # clients of Prefect's own look for proxies in the environment
    plain = api_url.startswith("http://")
    if plain:
        updates[PREFECT_API_TLS_INSECURE_SKIP_VERIFY] = True  # no TLS here, and loading CAs costs 20 ms per run
    with temporary_settings(updates=updates):
        async with RetryingClientContext() if plain else AsyncClientContext() as context:
            yield Runs(context.client)


class Runs:
    """Raises one of UNREACHABLE when the server does not answer."""

    def __init__(self, client: PrefectClient) -> None:
        self.client = client
        self._deployment: tuple[UUID, UUID] | None = None
        # two of these at once, on a server on SQLite, are one done and one told to come again
        self._one_writes = asyncio.Lock()

    async def deployment(self) -> tuple[UUID, UUID]:
        """(flow id, deployment id), registered if they are not: by whoever comes first."""
        if self._deployment is None:
            flow_id = await self.client.create_flow_from_name(FLOW)
            deployment_id = await self.client.create_deployment(
                flow_id,
                DEPLOYMENT,
                entrypoint=ENTRYPOINT,
                parameter_openapi_schema={
                    "type": "object",
                    "properties": {"session_id": {"type": "string", "format": "uuid"}},
                    "required": ["session_id"],
                },
            )
            self._deployment = flow_id, deployment_id
        return self._deployment

    async def create(self, session_id: UUID, turn: int) -> FlowRun:
        """The run of this session that `turn` asks for; asking again gives the same run."""
        _, deployment_id = await self.deployment()
        try:
            async with self._one_writes:
                return await self.client.create_flow_run_from_deployment(
                    deployment_id,
                    parameters={"session_id": str(session_id)},
                    state=Scheduled(scheduled_time=datetime.now(UTC) - SKEW),
                    idempotency_key=f"{session_id}:{turn}",
                    name=f"{session_id}:{turn}",
                )
        except ObjectNotFound:
            self._deployment = None  # a server with an empty database: register again on the next try
            raise

    async def resume(self, flow_run_id: UUID) -> Resumed:
        """Wake a run that waits."""
        try:
            async with self._one_writes:
                answer = await self.client.resume_flow_run(flow_run_id)
        except httpx.HTTPStatusError:  # a run that is not there is answered with 500
            if await self.state(flow_run_id) is None:
                return Resumed.GONE
            raise
        if answer.status == SetStateStatus.ACCEPT:
            return Resumed.ACCEPTED
        state = await self.state(flow_run_id)
        return Resumed.GONE if state is None or state.is_final() else Resumed.MOVED

    async def state(self, flow_run_id: UUID) -> State[Any] | None:
        """None: Prefect does not know the run."""
        try:
            return (await self.client.read_flow_run(flow_run_id)).state
        except ObjectNotFound:
            return None

    async def claim(self, flow_run_id: UUID) -> FlowRun | None:
        """The run, PENDING and ours to execute. None: it waits, or Prefect does not know it.

        The caller holds the run's lease, so a run that is not SCHEDULED was left by an executor that is gone, or has
        failed: it is scheduled again.
        """
        try:
            answer: OrchestrationResult[Any] = await self.client.set_flow_run_state(flow_run_id, Pending())
            if answer.status != SetStateStatus.ACCEPT:
                state = await self.state(flow_run_id)
                if state is None or state.type == StateType.PAUSED:
                    return None
                long_ago = datetime.now(UTC) - SKEW
                await self.client.set_flow_run_state(flow_run_id, AwaitingRetry(scheduled_time=long_ago), force=True)
                answer = await self.client.set_flow_run_state(flow_run_id, Pending())
        except ObjectNotFound:
            return None
        if answer.status != SetStateStatus.ACCEPT or answer.state is None:
            return None
        flow_id, _ = await self.deployment()
        # Built, not read, which saves a round trip. No deployment id: with one, the engine would hold a thread and a
        # websocket per run, joined in the event loop, for suspensions that are asked for from outside.
        return FlowRun(
            id=flow_run_id,
            flow_id=flow_id,
            state=answer.state,
            state_type=answer.state.type,
            state_name=answer.state.name,
        )

    async def scheduled(self, limit: int = 50) -> list[FlowRun]:
        """Runs that Prefect holds to be due now."""
        _, deployment_id = await self.deployment()
        return await self.client.get_scheduled_flow_runs_for_deployments(
            [deployment_id], limit=limit, scheduled_before=datetime.now(UTC) + SKEW
        )
