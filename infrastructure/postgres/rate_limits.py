"""Counts rate limits in a table that is not logged: a server that crashed begins its counts anew."""

import hashlib
import math
import time

import psycopg
from limits import RateLimitItem
from psycopg_pool import PoolTimeout

from infrastructure.coordination.rate_limits import WindowsAway
from infrastructure.postgres.pool import Pool

# A row holds the window that runs and the one before, and expires a window's length after the one that runs has ended.
# Past its end the window that ran becomes the one before; once the row has expired, all begins anew.
_WINDOW = "make_interval(secs => %(seconds)s)"
_RUNS = f"statement_timestamp() < w.expires_at - {_WINDOW}"
_JUST_ENDED = "statement_timestamp() < w.expires_at"
_MOVED = f"""(SELECT
    CASE WHEN {_RUNS} THEN w.expires_at WHEN {_JUST_ENDED} THEN w.expires_at + {_WINDOW}
        ELSE statement_timestamp() + 2 * {_WINDOW} END AS expires_at,
    CASE WHEN {_RUNS} THEN w.counted ELSE 0 END AS counted,
    CASE WHEN {_RUNS} THEN w.counted_before WHEN {_JUST_ENDED} THEN w.counted ELSE 0 END AS counted_before)"""
_LEFT = f"extract(epoch FROM m.expires_at - {_WINDOW} - statement_timestamp())"

# The conflicting row is locked before the condition is asked, so no two hits see the same count.
_HIT = f"""
INSERT INTO rate_windows AS w (key, expires_at, counted, counted_before)
VALUES (%(key)s, statement_timestamp() + 2 * {_WINDOW}, 1, 0)
ON CONFLICT (key) DO UPDATE SET (expires_at, counted, counted_before) =
    (SELECT m.expires_at, m.counted + 1, m.counted_before FROM {_MOVED} AS m)
WHERE (SELECT floor(m.counted_before * {_LEFT} / %(seconds)s) + m.counted + 1 <= %(limit)s FROM {_MOVED} AS m)
RETURNING w.counted
"""  # noqa: S608  (our own text)
_STANDS = f"""
SELECT {_LEFT}::float8, m.counted, m.counted_before FROM rate_windows AS w, LATERAL {_MOVED} AS m WHERE w.key = %(key)s
"""  # noqa: S608
_FORGET = "DELETE FROM rate_windows WHERE expires_at < statement_timestamp()"
_FORGET_EVERY = 60.0


class PostgresWindows:
    patience = 1.0
    """The server that is asked is the one a command waits for anyway."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._forget_at = time.monotonic() + _FORGET_EVERY

    async def hit(self, item: RateLimitItem, key: str) -> float | None:
        seconds = item.get_expiry()
        arguments = {
            # names and addresses are in the key: their hash is all that a table, and a dump of it, needs
            "key": hashlib.sha256(item.key_for(key).encode()).hexdigest(),
            "seconds": seconds,
            "limit": item.amount,
        }
        try:
            async with self._pool.connection() as connection:
                if time.monotonic() >= self._forget_at:
                    self._forget_at = time.monotonic() + _FORGET_EVERY
                    await connection.execute(_FORGET)
                if await (await connection.execute(_HIT.encode(), arguments)).fetchone() is not None:
                    return None
                row = await (await connection.execute(_STANDS.encode(), arguments)).fetchone()
        except (psycopg.Error, PoolTimeout, OSError) as error:
            raise WindowsAway from error
        return _wait(seconds, *row) if row is not None else 1.0

    async def close(self) -> None:
        """The pool is its owner's."""


def _wait(seconds: int, left: float, counted: int, before: int) -> float:
    """Seconds until the count is one less, as the library reckons it: the one before fades, the one that runs ends."""
    fades = left % (seconds / before) if before else math.inf
    ends = left if counted else math.inf
    return max(1.0, min(fades, ends))
