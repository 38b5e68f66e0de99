"""What this installation needs to be well: the database, the hints, read tables that keep up, and work that is done."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, Protocol, runtime_checkable

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from infrastructure.postgres.limited import TooSlow, rows_within
from infrastructure.read_side.status import (
    MEND_RESTORED,
    RESTORED,
    LogSize,
    Standing,
    ahead,
    events_until,
    rebuild_of,
    standings,
)

LAG_SECONDS = 5.0
"""Age of the oldest event that a projection has not read from which on it counts as behind."""

_PATIENCE = 2.0
_QUESTION_SECONDS = 0.5
_SLOW = f"Not known: the database did not answer this within {_QUESTION_SECONDS} s."

# name, question (how many or how old), from what on it is wrong, what is said then
_WORK: tuple[tuple[str, LiteralString, float, str], ...] = (
    (
        "relay",
        """SELECT extract(epoch FROM clock_timestamp() - (
               SELECT created_at FROM event_outbox WHERE status = 'PENDING' ORDER BY position LIMIT 1))::float8""",
        30,
        "The oldest message has waited {found:.0f} s to go out: is the bus there, and a relay?",
    ),
    (
        "dead letters",
        "SELECT count(*)::float8 FROM event_outbox WHERE status = 'DEAD'",
        0,
        "{found:.0f} messages could not be published; the later ones of their sessions wait.",
    ),
    (
        "parked events",
        """SELECT count(DISTINCT p.aggregate_id)::float8 FROM projection_parked AS p
           WHERE format('read_%s_v%s', p.projection, p.version) = ANY(current_schemas(false))""",
        0,
        "{found:.0f} sessions hold an event that this build could not apply: was a newer one here? `genesis doctor`.",
    ),
    (
        "worker",
        """SELECT extract(epoch FROM clock_timestamp() - min(lease_expires_at))::float8 FROM flow_run_leases
           WHERE lease_expires_at < clock_timestamp()""",
        15,
        "A flow run has been due for {found:.0f} s and nobody took it: is Prefect there, and a worker?",
    ),
    (
        "callbacks",
        """SELECT extract(epoch FROM clock_timestamp() - min(i.created_at))::float8 FROM command_inbox AS i
           WHERE i.status = 'PROCESSING'
               AND NOT EXISTS (SELECT FROM flow_run_leases AS l WHERE l.session_id = i.session_id)
               AND NOT EXISTS (SELECT FROM flow_resume_handles AS h WHERE h.session_id = i.session_id
                   AND h.status IN ('PENDING_PAUSE', 'PAUSED'))""",
        30,
        "Work was asked for {found:.0f} s ago and has no flow run: is Prefect there, and callbacks?",
    ),
    (
        "sweeper",
        """SELECT extract(epoch FROM clock_timestamp() - min(deadline_at))::float8 FROM command_inbox
           WHERE status = 'PROCESSING' AND deadline_at < clock_timestamp()""",
        15,
        "Work has been past its deadline for {found:.0f} s: is there a sweeper?",
    ),
)


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at. `vital`: nothing works without it."""

    name: str
    ok: bool
    detail: str
    vital: bool = False


@runtime_checkable
class Pulse(Protocol):
    """Hints that can say whether they get through, and what carries them."""

    carrier: str

    async def alive(self) -> bool: ...


def _keeps_up(one: Standing, size: LogSize) -> Sign:
    """Of a projection: by time, by place, and whether its parked streams wait for another build."""
    wrong = None
    if one.misplaced:
        wrong = f"{RESTORED if one.restored else ahead(one)}. {MEND_RESTORED if one.restored else rebuild_of(one)}"
    elif not one.built:
        wrong = f"{one.projection} version {one.version} is being built: {size.percent(one)} % of the log are read."
    elif one.age > LAG_SECONDS:
        wrong = f"{one.projection} is {one.age:.0f} s behind the log."
    elif one.newer:
        wrong = f"{one.newer} streams hold events of a newer build, and stand still in {one.projection}."
    return Sign(f"projection:{one.projection}", ok=wrong is None, detail=wrong or f"{one.projection} keeps up.")


class Vitals:
    """`down`: the background tasks of this process that have failed, with why."""

    def __init__(self, pool: AsyncConnectionPool, hints: object, down: Callable[[], Mapping[str, str]] = dict) -> None:
        self._pool = pool
        self._hints = hints
        self._down = down

    async def look(self) -> Sequence[Sign]:
        """All signs, within a few seconds."""
        return (*await self._database(), await self._wake_ups(), *self._background())

    async def _database(self) -> list[Sign]:
        try:
            async with asyncio.timeout(_PATIENCE), self._pool.connection(timeout=_PATIENCE) as connection:
                await connection.execute("SELECT")
        except (psycopg.Error, TimeoutError):
            return [Sign("database", ok=False, detail="PostgreSQL cannot be reached.", vital=True)]
        signs = [Sign("database", ok=True, detail="PostgreSQL answers.", vital=True)]
        try:
            async with (
                asyncio.timeout(2 * _PATIENCE),
                self._pool.connection(timeout=_PATIENCE) as connection,
            ):
                signs += await self._projections(connection)
                signs += [await self._work(connection, *question) for question in _WORK]
        except (psycopg.Error, TimeoutError) as error:
            signs.append(Sign("facts", ok=False, detail=f"Not everything could be looked at ({type(error).__name__})."))
        return signs

    async def _projections(self, connection: AsyncConnection[Any]) -> list[Sign]:
        try:
            async with asyncio.timeout(_QUESTION_SECONDS):
                found = [one for one in await standings(connection) if one.live]
                size = await events_until(connection, found)
        except TimeoutError:
            return [Sign("projections", ok=False, detail=_SLOW)]
        if not found:
            return [Sign("projector", ok=False, detail="No projection has read the log yet: no projector has run.")]
        return [_keeps_up(one, size) for one in found]

    async def _work(
        self, connection: AsyncConnection[Any], name: str, query: LiteralString, limit: float, sentence: str
    ) -> Sign:
        try:
            ((value,),) = await rows_within(connection, _QUESTION_SECONDS, query)
        except TooSlow:
            return Sign(name, ok=False, detail=_SLOW)
        found = value if value is not None else 0.0
        if found > limit:
            return Sign(name, ok=False, detail=sentence.format(found=found))
        return Sign(name, ok=True, detail="Nothing waits longer than it should.")

    def _background(self) -> list[Sign]:
        down = self._down()
        if not down:
            return [Sign("background", ok=True, detail="Every background task runs.")]
        return [
            Sign(f"background:{name}", ok=False, detail=f"It failed ({error}) and is started again; see the log.")
            for name, error in down.items()
        ]

    async def _wake_ups(self) -> Sign:
        if not isinstance(self._hints, Pulse) or await self._hints.alive():
            return Sign("redis", ok=True, detail=f"{getattr(self._hints, 'carrier', 'Redis')} carries wake-ups.")
        return Sign("redis", ok=False, detail="Redis cannot be reached: everything works, by polling, later.")
