"""Archives sessions that ended long ago: finds them, moves their events out of the log, says what is archived.

Inbox rows stay where they are, so that a command that is sent again gets its first answer. Messages go by retention.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg.rows import class_row

from infrastructure.event_store.archive import MoveRefused, StreamBusy, StreamDamaged, bring_back, put_away
from infrastructure.postgres.pool import Pool

SLICE = 20
"""Sessions that one call of `sweep` moves at most, so that whoever calls gets to do other things as well."""

MOST = 2_000
"""Events after which it begins with no other session, and goes on with none."""

log = structlog.get_logger(__name__)

# What is still under way keeps its session in the log, and so does what has been brought back not long ago.
_DUE = b"""
SELECT s.id AS session_id, s.status::text, s.last_event_at AS ended_at,
    s.version - 1 - coalesce(a.events, 0) AS events
FROM genesis_sessions AS s LEFT JOIN archived_sessions AS a ON a.session_id = s.id
WHERE s.status IN ('COMPLETED', 'ABANDONED') AND coalesce(a.events, 0) < s.version - 1
    AND greatest(s.last_event_at, a.brought_back_at) < clock_timestamp() - %(after)s
    AND NOT EXISTS (SELECT FROM command_inbox AS i
        WHERE i.session_id = s.id AND i.status IN ('RECEIVED', 'PROCESSING'))
    AND NOT EXISTS (SELECT FROM event_outbox AS o WHERE o.partition_key = s.id::text AND o.status = 'PENDING')
    AND s.id <> ALL (%(but)s::uuid[])
ORDER BY s.last_event_at, s.id LIMIT %(limit)s
"""
_ARCHIVED = b"""
SELECT a.session_id, coalesce(s.status::text, '') AS status, s.last_event_at AS ended_at, a.events, a.archived_at
FROM archived_sessions AS a LEFT JOIN genesis_sessions AS s ON s.id = a.session_id
WHERE a.events > 0 ORDER BY a.archived_at DESC, a.session_id LIMIT %(limit)s
"""
_TOTAL = b"SELECT count(*), coalesce(sum(events), 0) FROM archived_sessions WHERE events > 0"


_OF_ONE = b"SELECT events, archived_at FROM archived_sessions WHERE session_id = %s AND events > 0"


@dataclass(frozen=True, slots=True)
class Due:
    """A session that may be archived, and how many of its events are still in the log, without the last."""

    session_id: UUID
    status: str
    ended_at: datetime
    events: int


@dataclass(frozen=True, slots=True)
class Archived:
    """A session with events in the archive; `status` is empty where the read tables do not know it."""

    session_id: UUID
    status: str
    ended_at: datetime | None
    events: int
    archived_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one session: so many events moved, or why not."""

    session_id: UUID
    events: int
    refused: str | None = None


async def due(
    connection: AsyncConnection[Any], after: timedelta, limit: int | None = None, but: Sequence[UUID] = ()
) -> list[Due]:
    """Those that ended longer than `after` ago, the first that ended first; `but`: others than these."""
    async with connection.cursor(row_factory=class_row(Due)) as cursor:
        await cursor.execute(_DUE, {"after": after, "limit": limit, "but": list(but)})
        return await cursor.fetchall()


async def archived(connection: AsyncConnection[Any], limit: int | None = None) -> list[Archived]:
    """The last archived first."""
    async with connection.cursor(row_factory=class_row(Archived)) as cursor:
        await cursor.execute(_ARCHIVED, {"limit": limit})
        return await cursor.fetchall()


async def total(connection: AsyncConnection[Any]) -> tuple[int, int]:
    """How many sessions are archived, and how many events of theirs."""
    ((sessions, events),) = await (await connection.execute(_TOTAL)).fetchall()
    return int(sessions), int(events)


async def archive(connection: AsyncConnection[Any], session_id: UUID, most: int | None = None) -> Outcome:
    """Move one session's events out of the log. What is damaged, or moved by another, stays. Raises psycopg.Error."""
    try:
        return Outcome(session_id, await put_away(connection, session_id, most))
    except (StreamBusy, StreamDamaged, MoveRefused) as error:
        return Outcome(session_id, 0, str(error))


async def analyse(connection: AsyncConnection[Any]) -> None:
    """Tell the planner what has become of the archive: plans that were made when it was empty may read all of it."""
    await connection.execute(b"ANALYZE domain_events_archive")


class Archiving:
    """Archives by a setting, in slices. `after`: how long ago a session has to have ended; None: nothing is done."""

    def __init__(self, pool: Pool, after: timedelta | None) -> None:
        self._pool = pool
        self._after = after
        self._refused: list[UUID] = []
        self._analysed = False

    async def sweep(self) -> bool:
        """One slice; True: there is more. What was refused holds up no other. Raises psycopg.Error."""
        if self._after is None:
            return False
        async with self._pool.connection() as connection:
            found = await due(connection, self._after, SLICE, self._refused)
            more, moved = len(found) == SLICE, 0
            for one in found:
                if moved >= MOST:
                    more = True
                    break
                outcome = await archive(connection, one.session_id, MOST - moved)
                moved += outcome.events
                if outcome.events:
                    more = more or outcome.events < one.events
                    log.info("session_archived", session_id=str(one.session_id), events=outcome.events)
                    continue
                self._refused.append(one.session_id)
                if outcome.refused is not None:
                    log.warning("session_not_archived", session_id=str(one.session_id), reason=outcome.refused)
            if found and not (more and self._analysed):
                await analyse(connection)
            self._analysed = more
        if not more:
            self._refused.clear()  # until the next time that there is something to do
        return more


class SessionArchive:
    """What of one session is archived, and the way back. Whose the session is, whoever calls has asked before."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, session_id: UUID) -> tuple[int, datetime | None]:
        """How many of its events lie in the archive, and since when; (0, None): none do."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_OF_ONE, (session_id,))).fetchone()
        return (int(row[0]), row[1]) if row else (0, None)

    async def bring_back(self, session_id: UUID) -> int:
        """Move so many events back to the log as one request may take; how many. Asked again, it goes on.

        Raises StreamBusy, StreamDamaged, MoveRefused, psycopg.Error.
        """
        async with self._pool.connection() as connection:
            moved = await bring_back(connection, session_id, MOST)
        if moved:
            log.info("session_brought_back", session_id=str(session_id), events=moved)
        return moved
