"""The sweeper: ends what ran past its deadline and pauses sessions whose time is up, so that nothing hangs for ever."""

import asyncio
import time
from typing import Any, Protocol
from uuid import UUID, uuid5

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from application.command_results import CommandIdReused, VersionConflict
from application.ports import StoreUnavailable
from domain.aggregate import Body, Command
from domain.aggregates import AGGREGATES
from domain.genesis.commands import PauseSession
from domain.rejections import Rejection
from infrastructure.bootstrap import Studio, studio
from infrastructure.postgres.leader_lock import singleton
from infrastructure.processes.account_sweep import due_on_accounts
from infrastructure.settings import Settings
from infrastructure.work.archiving import Archiving
from infrastructure.work.retention import Retention

BATCH = 200
HOUR = 3600.0
DAY = 24 * HOUR

log = structlog.get_logger(__name__)

_OVERDUE = b"""
SELECT session_id, correlation_id, command_type FROM command_inbox
WHERE status = 'PROCESSING' AND deadline_at < %s ORDER BY deadline_at LIMIT %s
"""
_EXPIRED = b"""
SELECT id, expires_at FROM genesis_sessions
WHERE status = 'IN_PROGRESS' AND expires_at < %s ORDER BY expires_at LIMIT %s
"""


class Sweeper:
    """Each sweep compares facts with the clock and gives the commands that follow, with ids derived from the facts."""

    def __init__(self, made: Studio) -> None:
        self._studio = made

    async def sweep(self) -> int:
        """One look; how many commands were given."""
        return await self._end_overdue_work() + await self._pause_expired_sessions() + await self._settle_accounts()

    async def _end_overdue_work(self) -> int:
        rows = await self._rows(_OVERDUE)
        for stream_id, correlation_id, command_type in rows:
            aggregate = AGGREGATES.by_command_type.get(command_type)
            body = aggregate.late(command_type, correlation_id) if aggregate is not None else None
            if body is not None:  # else a newer build began it, and that build's sweeper ends it
                await self._give(uuid5(correlation_id, "deadline"), stream_id, body)
        return len(rows)

    async def _pause_expired_sessions(self) -> int:
        rows = await self._rows(_EXPIRED)
        for session_id, expires_at in rows:
            await self._give(uuid5(session_id, f"expired:{expires_at.isoformat()}"), session_id, PauseSession())
        return len(rows)

    async def _settle_accounts(self) -> int:
        commands = await due_on_accounts(self._studio.pool, self._studio.clock(), BATCH)
        for command in commands:
            await self._give(command.command_id, command.stream_id, command.body)
        return len(commands)

    async def _rows(self, query: bytes) -> list[tuple[Any, ...]]:
        async with self._studio.pool.connection() as connection:
            return await (await connection.execute(query, (self._studio.clock(), BATCH))).fetchall()

    async def _give(self, command_id: UUID, session_id: UUID, body: Body) -> None:
        try:
            await self._studio.commands.handle(Command(command_id, session_id, None, body))
        except (Rejection, VersionConflict, CommandIdReused) as refused:
            # the facts changed since the look: the work ended by itself, the session was extended
            log.info("sweep_refused", session_id=str(session_id), reason=type(refused).__name__)
        except (StoreUnavailable, psycopg.Error, PoolTimeout):
            raise
        except Exception:
            log.exception("sweep_failed", session_id=str(session_id))  # a session that cannot be read holds up no other
        else:
            log.info("swept", session_id=str(session_id), command_type=body.command_type)


class InSlices(Protocol):
    async def sweep(self) -> bool:
        """Do some of it; True: there is more."""


class Regularly:
    """Work at the start and then each time after `seconds`, or at once again as long as there is more."""

    def __init__(self, work: InSlices, seconds: float) -> None:
        self._work = work
        self._seconds = seconds
        self._at = 0.0

    async def sweep(self) -> None:
        if time.monotonic() < self._at:
            return
        self._at = time.monotonic() + self._seconds
        try:
            if await self._work.sweep():
                self._at = 0.0
        except (psycopg.Error, PoolTimeout) as error:
            # what is overdue stays for another time
            log.warning("sweep_interrupted", work=type(self._work).__name__, error=type(error).__name__)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Sweep until `stop` is set. Of several sweepers one works and the others stand by."""
    assert settings.database_url is not None
    url = settings.database_url.get_secret_value()
    async with studio(settings, application_name="genesis-sweeper", pool_size=2) as made:
        sweeper = Sweeper(made)
        broker = bool(settings.kafka_bootstrap)
        retention = Retention(made.pool, days=settings.retention_days, sent_days=settings.sent_days, broker=broker)
        regular = (Regularly(retention, HOUR), Regularly(Archiving(made.pool, settings.archive_after), DAY))
        while not stop.is_set():
            try:
                async with singleton(url, "sweeper", stop) as turn:
                    while turn is not None and not stop.is_set() and not turn.over:
                        await sweeper.sweep()
                        for work in regular:
                            await work.sweep()
                        await _pause(stop, settings.sweep_seconds)
            except (psycopg.Error, PoolTimeout, StoreUnavailable, OSError) as error:
                log.warning("sweeper_interrupted", error=type(error).__name__)
                await _pause(stop, 1.0)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
