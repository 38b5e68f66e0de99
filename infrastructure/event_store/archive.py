"""Moves the events of a session between the log and its archive: some hundreds in a transaction, each proved first.

The last event stays in the log, so that appends find the stream's end there. Readers of domain_events read both tables
in one snapshot: whatever moves, each of them sees every event exactly once (docs/decisions/0033).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection, sql

from infrastructure.event_store.chain_walk import COLUMNS, Walk

CHUNK = 500
"""Events of one transaction: while it is open, readers of the log wait for it."""

_WALKED = 2_000

_TAKE = b"SELECT pg_try_advisory_lock(hashtextextended('genesis:archive:' || %s, 0))"
_LET_GO = b"SELECT pg_advisory_unlock(hashtextextended('genesis:archive:' || %s, 0))"
_STRETCH = sql.SQL(
    "COPY (SELECT {} FROM domain_events WHERE aggregate_id = {} AND aggregate_version > {} AND aggregate_version <= {}"
    " ORDER BY aggregate_version) TO STDOUT (FORMAT binary)"
)
_END = b"SELECT aggregate_version FROM domain_events WHERE aggregate_id = %s ORDER BY aggregate_version DESC LIMIT 1"

_PUT_AWAY = b"""
WITH moved AS (
    INSERT INTO domain_events_archive SELECT e.* FROM ONLY domain_events AS e
    WHERE e.aggregate_id = %(stream)s AND e.aggregate_version < %(end)s ORDER BY e.aggregate_version LIMIT %(limit)s
    RETURNING aggregate_version
) SELECT count(*), min(aggregate_version), max(aggregate_version) FROM moved
"""
_LEAVE_LOG = b"""
DELETE FROM ONLY domain_events WHERE aggregate_id = %s AND aggregate_version >= %s AND aggregate_version <= %s
"""
_NOTE_PUT_AWAY = b"""
INSERT INTO archived_sessions AS a (session_id, events) VALUES (%s, %s) ON CONFLICT (session_id)
DO UPDATE SET events = a.events + excluded.events, archived_at = excluded.archived_at, brought_back_at = NULL
"""

# the last first: what is in the log is one stretch up to the stream's end at any moment
_BRING_BACK = b"""
WITH moved AS (
    INSERT INTO domain_events OVERRIDING SYSTEM VALUE SELECT a.* FROM domain_events_archive AS a
    WHERE a.aggregate_id = %(stream)s ORDER BY a.aggregate_version DESC LIMIT %(limit)s
    RETURNING aggregate_version
) SELECT count(*), min(aggregate_version), max(aggregate_version) FROM moved
"""
_LEAVE_ARCHIVE = b"""
DELETE FROM domain_events_archive WHERE aggregate_id = %s AND aggregate_version >= %s AND aggregate_version <= %s
"""
_NOTE_BROUGHT_BACK = b"""
UPDATE archived_sessions SET brought_back_at = clock_timestamp(), events = events - %(moved)s
WHERE session_id = %(session)s
"""


class StreamBusy(Exception):
    """Another process moves the events of this session now."""


class StreamDamaged(Exception):
    """The stream is not what was written; the message says where. It is left where it is."""


class MoveRefused(Exception):
    """Not all that was copied could be taken away: nothing was moved."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How many events a stream has, and the chain of the last one, which takes in every one before it."""

    events: int
    chain: bytes


async def put_away(connection: AsyncConnection[Any], session_id: UUID, most: int | None = None) -> int:
    """Move all events of the session but the last one to the archive, the first of them first; how many were moved.

    Its whole chain is checked first, and again afterwards. Killed at any moment, the next call moves the rest. `most`:
    no other transaction is begun when so many were moved. `connection` has to be in autocommit.
    Raises StreamBusy, StreamDamaged, psycopg.Error.
    """
    async with _alone(connection, session_id):
        before = await proof(connection, session_id)
        moved = 0
        while most is None or moved < most:
            if not (count := await _put_away_some(connection, session_id, before.events)):
                break
            moved += count
        if moved:
            await _prove_again(connection, session_id, before)
        return moved


async def bring_back(connection: AsyncConnection[Any], session_id: UUID, most: int | None = None) -> int:
    """Move all events of the session that are in the archive back to the log; how many were moved.

    `most`: no other transaction is begun when so many were moved. Killed at any moment, the next call brings back the
    rest. Raises StreamBusy, StreamDamaged, psycopg.Error.
    """
    async with _alone(connection, session_id):
        before = await proof(connection, session_id)
        moved = 0
        while most is None or moved < most:
            if not (count := await _bring_back_some(connection, session_id)):
                break
            moved += count
        if moved:
            await _prove_again(connection, session_id, before)
        return moved


async def proof(connection: AsyncConnection[Any], session_id: UUID) -> Proof:
    """Check every event of the stream, wherever it lies. Raises StreamDamaged for the first that is not as written."""
    row = await (await connection.execute(_END, (str(session_id),))).fetchone()
    end = int(row[0]) if row else 0
    walk = Walk()
    for after in range(0, end, _WALKED):
        stretch = (sql.Literal(str(session_id)), sql.Literal(after), sql.Literal(min(after + _WALKED, end)))
        async with connection.cursor() as cursor, cursor.copy(_STRETCH.format(sql.SQL(COLUMNS), *stretch)) as copy:
            rows = [bytes(message) async for message in copy]
        await asyncio.to_thread(lambda walk, rows: list(walk.over(rows)), walk, rows)
    if walk.wrong:
        raise StreamDamaged(f"Version {walk.faults[0].version} of session {session_id} {walk.faults[0].what}.")
    version, chain = walk.heads.get(str(session_id).encode(), (0, b""))
    if walk.loose or walk.events != version:
        raise StreamDamaged(f"The first events of session {session_id} are missing.")
    return Proof(version, chain)


async def _put_away_some(connection: AsyncConnection[Any], session_id: UUID, end: int) -> int:
    async with connection.transaction():
        wanted = {"stream": str(session_id), "end": end, "limit": CHUNK}
        count = await _moved(connection, session_id, _PUT_AWAY, wanted, _LEAVE_LOG)
        if count:
            await connection.execute(_NOTE_PUT_AWAY, (session_id, count))
    return count


async def _bring_back_some(connection: AsyncConnection[Any], session_id: UUID) -> int:
    async with connection.transaction():
        wanted = {"stream": str(session_id), "limit": CHUNK}
        count = await _moved(connection, session_id, _BRING_BACK, wanted, _LEAVE_ARCHIVE)
        if count:
            await connection.execute(_NOTE_BROUGHT_BACK, {"moved": count, "session": session_id})
    return count


async def _moved(
    connection: AsyncConnection[Any], session_id: UUID, copy: bytes, wanted: dict[str, Any], leave: bytes
) -> int:
    """Copy, then take away what was copied: for each row the table's trigger compares the two, column by column."""
    ((count, first, last),) = await (await connection.execute(copy, wanted)).fetchall()
    if not count:
        return 0
    gone = await connection.execute(leave, (str(session_id), first, last))
    if gone.rowcount != count:
        raise MoveRefused(f"{count} events of session {session_id} were copied and {gone.rowcount} would have gone.")
    return int(count)


async def _prove_again(connection: AsyncConnection[Any], session_id: UUID, before: Proof) -> None:
    after = await proof(connection, session_id)
    # it may have been written to meanwhile: then the chain of the new end takes in that of the one before
    if after.events < before.events or (after.events == before.events and after.chain != before.chain):
        raise StreamDamaged(f"Session {session_id} ended with version {before.events} before its events were moved.")


@asynccontextmanager
async def _alone(connection: AsyncConnection[Any], session_id: UUID) -> AsyncIterator[None]:
    ((taken,),) = await (await connection.execute(_TAKE, (str(session_id),))).fetchall()
    if not taken:
        raise StreamBusy(f"The events of session {session_id} are being moved by another process.")
    try:
        yield
    finally:
        with suppress(psycopg.Error):  # a connection that is lost has let go
            await connection.execute(_LET_GO, (str(session_id),))
