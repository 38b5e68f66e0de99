"""Keeps presence in a table that is not logged: a server that crashed forgets it, and the next beat tells it again."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from psycopg_pool import PoolTimeout

from infrastructure.coordination.presence import StoreAway
from infrastructure.postgres.pool import Pool

_MOST = 200

# One statement, and ordered, so that two processes never wait for each other's rows in a circle.
_WRITE = """
WITH expired AS (
    DELETE FROM presences WHERE (session_id, member) IN (
        SELECT session_id, member FROM presences WHERE expires_at <= %(now)s AND member <> ALL(%(members)s::text[])
        ORDER BY session_id, member FOR UPDATE SKIP LOCKED)
), gone AS (
    DELETE FROM presences USING unnest(%(gone_sessions)s::uuid[], %(gone_members)s::text[]) AS g (session_id, member)
    WHERE presences.session_id = g.session_id AND presences.member = g.member
)
INSERT INTO presences (session_id, member, expires_at)
SELECT h.session_id, h.member, %(until)s
FROM unnest(%(sessions)s::uuid[], %(members)s::text[]) AS h (session_id, member) ORDER BY 1, 2
ON CONFLICT (session_id, member) DO UPDATE SET expires_at = excluded.expires_at
"""
_READ = """
SELECT member FROM presences WHERE session_id = %s AND expires_at > %s ORDER BY expires_at, member LIMIT %s
"""


class PostgresPresence:
    patience = 1.0
    """The server that is asked is the one everything waits for: more than Redis is given, less than anyone notices."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def write(
        self, here: Mapping[UUID, set[bytes]], gone: Mapping[UUID, set[bytes]], now: float, until: float
    ) -> None:
        arguments = {
            "now": _time(now),
            "until": _time(until),
            "sessions": [session_id for session_id, members in here.items() for _ in members],
            "members": [member.decode() for members in here.values() for member in members],
            "gone_sessions": [session_id for session_id, members in gone.items() for _ in members],
            "gone_members": [member.decode() for members in gone.values() for member in members],
        }
        try:
            async with self._pool.connection() as connection:
                await connection.execute(_WRITE, arguments)
        except (psycopg.Error, PoolTimeout, OSError) as error:
            raise StoreAway from error

    async def read(self, session_id: UUID, now: float) -> list[bytes]:
        try:
            async with self._pool.connection() as connection:
                rows = await (await connection.execute(_READ, (session_id, _time(now), _MOST))).fetchall()
        except (psycopg.Error, PoolTimeout, OSError) as error:
            raise StoreAway from error
        return [str(member).encode() for (member,) in rows]

    async def close(self) -> None:
        """The pool is its owner's."""


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
