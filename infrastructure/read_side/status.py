"""How the projections stand: place, lag, parked sessions. For the CLI, health and metrics."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from infrastructure.event_store import log_reader
from infrastructure.read_side.batch import standing
from infrastructure.read_side.table_switch import kept
from projections.engine.projection import Projection
from projections.registry import PROJECTIONS


@dataclass(frozen=True, slots=True)
class Status:
    """`lag`: events not yet applied. `kept`: whether the tables from before the last switch are still there."""

    projection: str
    position: int
    generation: int
    lag: int
    parked: int
    kept: bool


@dataclass(frozen=True, slots=True)
class ParkedSession:
    projection: str
    session_id: UUID
    position: int
    error: str
    since: datetime


async def status_of(connection: AsyncConnection[Any], projection: Projection) -> Status:
    now = await standing(connection, projection.name)
    return Status(
        projection=projection.name,
        position=now.checkpoint.position,
        generation=now.generation,
        lag=await log_reader.lag(connection, now.checkpoint),
        parked=len(await parked_sessions(connection, projection.name)),
        kept=await kept(connection, projection) is not None,
    )


async def all_status(connection: AsyncConnection[Any]) -> list[Status]:
    return [await status_of(connection, projection) for projection in PROJECTIONS]


async def parked_sessions(connection: AsyncConnection[Any], projection: str | None = None) -> list[ParkedSession]:
    """Oldest first, of one projection or of all. What a rebuild has parked for itself is not shown."""
    query = b"""
        SELECT projection, aggregate_id, position, error, created_at FROM projection_parked
        WHERE projection = ANY(%s) ORDER BY position
    """
    names = [projection] if projection else [known.name for known in PROJECTIONS]
    rows = await (await connection.execute(query, (names,))).fetchall()
    return [ParkedSession(name, UUID(session), position, error, at) for name, session, position, error, at in rows]
