"""What a fact makes begin: a flow run for a session that has work and nobody at work."""

from uuid import UUID

import structlog
from prefect.exceptions import ObjectNotFound

from application.wakeups import RUNS, Hints
from domain.aggregates import AGGREGATES
from domain.work import WorkRequested
from flows.execution.leases import Leases
from flows.prefect_server.client import Runs

log = structlog.get_logger(__name__)

BEGINNINGS = frozenset({"GenesisStarted", "GenesisBranched"})
"""Events that begin a session: it gets a run, which waits for the first decision."""

DECISIONS = frozenset(
    {"GenerationRequested", "GenerationCancelled", "SessionPaused", "GenesisCompleted", "GenesisAbandoned"}
)
"""Events that answer a wait: each carries the turn that it is."""

REQUESTS = frozenset({"GenerationRequested"})
"""Decisions that are work for a flow. The others only wake one: with nobody awake they ask for nothing."""

STARTS = frozenset(name for name, event in AGGREGATES.events.items() if issubclass(event, WorkRequested))
"""Events that ask for a run which waits for nothing: each carries its `turn`, which tells it from other requests."""


class Reactions:
    def __init__(self, leases: Leases, runs: Runs, hints: Hints) -> None:
        self._leases = leases
        self._runs = runs
        self._hints = hints

    async def ensure_run(self, session_id: UUID, turn: int) -> None:
        """A run of this session, or chapter, is due, at work or waiting. Raises one of runs.UNREACHABLE."""
        if await self._leases.live(session_id):
            return
        try:
            flow_run = await self._runs.create(session_id, turn)
        except ObjectNotFound:  # Prefect's database is new: the deployment is registered once more
            flow_run = await self._runs.create(session_id, turn)
        await self._leases.due(session_id, flow_run.id)
        await self._hints.publish(RUNS)
        log.info("run_created", session_id=str(session_id), turn=turn, flow_run_id=str(flow_run.id))
