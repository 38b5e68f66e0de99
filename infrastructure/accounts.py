"""Accounts and access: the owner, one-time login tokens, browser sessions, and programs' Bearer tokens.

A token is random, opaque and shown once; only its SHA-256 is kept. A hash that has to be found needs no salt and no
slow function: the token has 256 random bits of its own.
"""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from psycopg_pool import AsyncConnectionPool

LOGIN_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(days=30)
BEARER_LASTS = timedelta(days=365)

_REMEMBERED_SECONDS = 3.0
_REMEMBERED_TOKENS = 1_000
_LONGEST_TOKEN = 200

Kind = Literal["login", "session", "bearer"]


@dataclass(frozen=True, slots=True)
class Account:
    """Who is asking."""

    id: UUID
    name: str
    role: str


def _now() -> datetime:
    return datetime.now(UTC)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Accounts:
    """Safe to use from many tasks. Lookups are remembered for a few seconds: a revoked token may live that long."""

    def __init__(self, pool: AsyncConnectionPool, clock: Callable[[], datetime] = _now) -> None:
        self._pool = pool
        self._clock = clock
        self._remembered: OrderedDict[tuple[str, Kind], tuple[float, Account]] = OrderedDict()

    async def ensure_owner(self, name: str = "owner") -> Account:
        """The account that this installation belongs to, made if there is none. Safe to call at every start."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO users (id, name, role) SELECT %s, %s, 'owner'"
                " WHERE NOT EXISTS (SELECT FROM users WHERE role = 'owner') ON CONFLICT DO NOTHING",
                (uuid4(), name),
            )
            cursor = await connection.execute(
                "SELECT id, name, role FROM users WHERE role = 'owner' ORDER BY created_at, id LIMIT 1"
            )
            row = await cursor.fetchone()
        assert row is not None
        return Account(*row)

    async def issue_login(self, user_id: UUID) -> str:
        """A one-time token for the address `/login?token=…`, good for a quarter of an hour."""
        return await self._issue(user_id, "login", LOGIN_LASTS, "one-time login")

    async def issue_bearer(self, user_id: UUID, label: str = "", lasts: timedelta = BEARER_LASTS) -> str:
        """A token for a program's `Authorization: Bearer …`."""
        return await self._issue(user_id, "bearer", lasts, label)

    async def redeem_login(self, token: str) -> tuple[str, Account] | None:
        """(a browser session's token, whose it is) for a login token, which is spent by this; None when it is not good.

        Two requests with one token: exactly one gets a session.
        """
        session = secrets.token_urlsafe(32)
        now = self._clock()
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                """
                WITH spent AS (
                    UPDATE access_tokens SET used_at = %(now)s
                    WHERE token_hash = %(token)s AND kind = 'login' AND used_at IS NULL AND revoked_at IS NULL
                        AND expires_at > %(now)s
                    RETURNING user_id
                ), opened AS (
                    INSERT INTO access_tokens (id, user_id, kind, token_hash, label, expires_at)
                    SELECT %(id)s, user_id, 'session', %(session)s, 'browser', %(until)s FROM spent
                    RETURNING user_id
                )
                SELECT u.id, u.name, u.role FROM opened JOIN users u ON u.id = opened.user_id
                """,
                {
                    "now": now,
                    "token": _hash(token),
                    "id": uuid4(),
                    "session": _hash(session),
                    "until": now + SESSION_LASTS,
                },
            )
            row = await cursor.fetchone()
        return (session, Account(*row)) if row is not None else None

    async def account_of(self, token: str, kind: Kind) -> Account | None:
        """Whose token of this kind it is, or None: unknown, expired, revoked, or of another kind."""
        if len(token) > _LONGEST_TOKEN:
            return None
        key = (_hash(token), kind)
        known = self._remembered.get(key)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        account = await self._look_up(key[0], kind)
        if account is None:
            self._remembered.pop(key, None)
            return None
        self._remembered[key] = (time.monotonic() + _REMEMBERED_SECONDS, account)
        self._remembered.move_to_end(key)
        while len(self._remembered) > _REMEMBERED_TOKENS:
            self._remembered.popitem(last=False)
        return account

    async def revoke(self, token: str) -> None:
        """End a browser session or a program's access. An unknown token is none of anybody's business."""
        hashed = _hash(token)
        for kind in ("session", "bearer"):
            self._remembered.pop((hashed, kind), None)
        async with self._pool.connection() as connection:
            await connection.execute(
                "UPDATE access_tokens SET revoked_at = %s WHERE token_hash = %s AND revoked_at IS NULL",
                (self._clock(), hashed),
            )

    async def _look_up(self, hashed: str, kind: Kind) -> Account | None:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT u.id, u.name, u.role FROM access_tokens t JOIN users u ON u.id = t.user_id"
                " WHERE t.token_hash = %s AND t.kind = %s AND t.revoked_at IS NULL AND t.expires_at > %s",
                (hashed, kind, self._clock()),
            )
            row = await cursor.fetchone()
        return Account(*row) if row is not None else None

    async def _issue(self, user_id: UUID, kind: Kind, lasts: timedelta, label: str) -> str:
        token = secrets.token_urlsafe(32)
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO access_tokens (id, user_id, kind, token_hash, label, expires_at)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                (uuid4(), user_id, kind, _hash(token), label, self._clock() + lasts),
            )
        return token
