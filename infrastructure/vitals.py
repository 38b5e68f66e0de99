"""What this installation needs to be well: the database, the hints, and read tables that keep up with the log."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import psycopg
from psycopg_pool import AsyncConnectionPool

LAG_SECONDS = 5.0
"""Age of the oldest event that a projection has not read from which on it counts as behind."""

_PATIENCE = 2.0

_LAG = """
SELECT p.projection, extract(epoch FROM clock_timestamp() - (
    SELECT e.created_at FROM domain_events e WHERE (e.tx_id, e.id) > (p.tx_id, p.position)
    ORDER BY e.tx_id, e.id LIMIT 1
))::float8
FROM projection_checkpoints p ORDER BY p.projection
"""


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at. `vital`: nothing works without it."""

    name: str
    ok: bool
    detail: str
    vital: bool = False


@runtime_checkable
class Pulse(Protocol):
    """Hints that can say whether they get through."""

    async def alive(self) -> bool: ...


class Vitals:
    def __init__(self, pool: AsyncConnectionPool, hints: object) -> None:
        self._pool = pool
        self._hints = hints

    async def look(self) -> Sequence[Sign]:
        """All signs, within a few seconds."""
        return (*await self._database(), await self._wake_ups())

    async def _database(self) -> list[Sign]:
        try:
            async with asyncio.timeout(_PATIENCE), self._pool.connection(timeout=_PATIENCE) as connection:
                rows = await (await connection.execute(_LAG)).fetchall()
        except (psycopg.Error, TimeoutError):
            return [Sign("database", ok=False, detail="PostgreSQL cannot be reached.", vital=True)]
        signs = [Sign("database", ok=True, detail="PostgreSQL answers.", vital=True)]
        if not rows:
            signs.append(
                Sign("projector", ok=False, detail="No projection has read the log yet: no projector has run.")
            )
        for projection, age in rows:
            behind = age is not None and age > LAG_SECONDS
            detail = f"{projection} is {age:.0f} s behind the log." if behind else f"{projection} keeps up."
            signs.append(Sign(f"projection:{projection}", ok=not behind, detail=detail))
        return signs

    async def _wake_ups(self) -> Sign:
        if not isinstance(self._hints, Pulse) or await self._hints.alive():
            return Sign("redis", ok=True, detail="Redis answers.")
        return Sign("redis", ok=False, detail="Redis cannot be reached: everything works, by polling, later.")
