"""Access: the owner's account, one-time login tokens, browser sessions, and programs' Bearer tokens.

A token is random, opaque and shown once; only its SHA-256 is kept. A hash that has to be found needs no salt and no
slow function: the token has 256 random bits of its own.
"""

import asyncio
import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, LiteralString
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from application.ports import Hints
from infrastructure.hints import ACCESS
from infrastructure.passwords import name_key

LOGIN_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(days=30)
BEARER_LASTS = timedelta(days=365)

_REMEMBERED_SECONDS = 3.0
_REMEMBERED_TOKENS = 1_000
_LONGEST_TOKEN = 200
_SEEN_EVERY_SECONDS = 60.0

_GRANTED = """
SELECT id, kind, label, scopes, created_at, last_seen_at, expires_at FROM access_tokens
WHERE user_id = %s AND kind IN ('session', 'bearer') AND revoked_at IS NULL AND expires_at > %s
ORDER BY created_at DESC, id LIMIT 500
"""
_ISSUE = """
INSERT INTO access_tokens (id, user_id, kind, token_hash, label, scopes, expires_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
RETURNING id, kind, label, scopes, created_at, last_seen_at, expires_at
"""
_STILL_GOOD = """
SELECT t.id FROM access_tokens t JOIN users u ON u.id = t.user_id
WHERE t.id = ANY(%s) AND t.revoked_at IS NULL AND t.expires_at > %s AND u.disabled_at IS NULL
"""
_SEEN = "UPDATE access_tokens SET last_seen_at = %s WHERE id = %s"
_REVOKE: LiteralString = "UPDATE access_tokens SET revoked_at = %s WHERE revoked_at IS NULL AND "

Kind = Literal["login", "session", "bearer"]
Scope = Literal["read", "write", "metrics"]
FULL: frozenset[Scope] = frozenset({"read", "write"})


@dataclass(frozen=True, slots=True)
class Account:
    """Who is asking."""

    id: UUID
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token that is good says: whose it is, which, and what it may be used for."""

    account: Account
    token_id: UUID
    kind: Kind
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Access:
    """One browser session or Bearer token, as a list of them shows it."""

    id: UUID
    kind: Kind
    label: str
    scopes: list[str]
    created_at: datetime
    last_seen_at: datetime | None
    expires_at: datetime


def _now() -> datetime:
    return datetime.now(UTC)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Accounts:
    """Safe to use from many tasks.

    Lookups are remembered for a few seconds, and forgotten when another process says that something was revoked: with
    the hint lost, a revoked token may live that long.
    """

    def __init__(
        self, pool: AsyncConnectionPool, clock: Callable[[], datetime] = _now, hints: Hints | None = None
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._hints = hints
        self._remembered: OrderedDict[tuple[str, Kind], tuple[float, Grant]] = OrderedDict()
        self._forgotten = 0
        self._seen: OrderedDict[UUID, float] = OrderedDict()
        self._noting: set[asyncio.Task[None]] = set()

    async def ensure_owner(self, name: str = "owner") -> Account:
        """The account that this installation belongs to, made if there is none. Safe to call at every start."""
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO users (id, name, name_key, role) SELECT %s, %s, %s, 'owner'"
                " WHERE NOT EXISTS (SELECT FROM users WHERE role = 'owner') ON CONFLICT DO NOTHING",
                (uuid4(), name, name_key(name)),
            )
            cursor = await connection.execute(
                "SELECT id, name, role FROM users WHERE role = 'owner' ORDER BY created_at, id LIMIT 1"
            )
            row = await cursor.fetchone()
        assert row is not None
        return Account(*row)

    async def issue_login(self, user_id: UUID) -> str:
        """A one-time token for the address `/login?token=…`, good for a quarter of an hour."""
        return (await self._issue(user_id, "login", LOGIN_LASTS, "one-time login"))[1]

    async def issue_bearer(
        self,
        user_id: UUID,
        label: str = "",
        lasts: timedelta = BEARER_LASTS,
        scopes: Collection[Scope] = FULL,
    ) -> str:
        """A token for a program's `Authorization: Bearer …`."""
        return (await self.make_bearer(user_id, label, lasts, scopes))[1]

    async def make_bearer(
        self, user_id: UUID, label: str, lasts: timedelta, scopes: Collection[Scope]
    ) -> tuple[Access, str]:
        """(what a list shows of it, the token, which is shown this once)."""
        return await self._issue(user_id, "bearer", lasts, label, scopes)

    async def open_session(self, user_id: UUID, label: str = "") -> str:
        """A browser session's token, for somebody who has shown who they are."""
        return (await self._issue(user_id, "session", SESSION_LASTS, label))[1]

    async def redeem_login(self, token: str, label: str = "") -> tuple[str, Account] | None:
        """(a browser session's token, whose it is) for a login token, which is spent by this; None when it is not good.

        Two requests with one token: exactly one gets a session.
        """
        now = self._clock()
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                """
                UPDATE access_tokens AS t SET used_at = %(now)s FROM users AS u
                WHERE t.token_hash = %(token)s AND t.kind = 'login' AND t.used_at IS NULL AND t.revoked_at IS NULL
                    AND t.expires_at > %(now)s AND u.id = t.user_id AND u.disabled_at IS NULL
                RETURNING u.id, u.name, u.role
                """,
                {"now": now, "token": _hash(token)},
            )
            row = await cursor.fetchone()
        return (await self.open_session(row[0], label), Account(*row)) if row is not None else None

    async def grant_of(self, token: str, kind: Kind) -> Grant | None:
        """What this token of this kind grants, or None: unknown, expired, revoked, of another kind, of somebody out."""
        if len(token) > _LONGEST_TOKEN:
            return None
        key = (_hash(token), kind)
        known = self._remembered.get(key)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        before = self._forgotten
        grant = await self._look_up(key[0], kind)
        if grant is None:
            self._remembered.pop(key, None)
            return None
        if before == self._forgotten:
            self._remembered[key] = (time.monotonic() + _REMEMBERED_SECONDS, grant)
            self._remembered.move_to_end(key)
        while len(self._remembered) > _REMEMBERED_TOKENS:
            self._remembered.popitem(last=False)
        self._saw(grant.token_id)
        return grant

    async def granted(self, user_id: UUID) -> list[Access]:
        """The browser sessions and Bearer tokens that are good now, the newest first."""
        if self._noting:
            await asyncio.wait(self._noting)
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Access)) as cursor:
            await cursor.execute(_GRANTED, (user_id, self._clock()))
            return await cursor.fetchall()

    async def revoke(self, token: str) -> None:
        """End a browser session or a program's access. An unknown token is none of anybody's business."""
        await self._revoke("token_hash = %s", (_hash(token),))

    async def revoke_one(self, user_id: UUID, token_id: UUID) -> bool:
        """End one of this person's; False when there is none of this id that could be ended."""
        return await self._revoke("user_id = %s AND id = %s AND kind IN ('session', 'bearer')", (user_id, token_id))

    async def revoke_all(
        self, user_id: UUID, *, keep: UUID | None = None, kinds: Sequence[Kind] = ("login", "session", "bearer")
    ) -> None:
        """End all of this person's of these kinds, but for the token `keep`."""
        await self._revoke("user_id = %s AND kind = ANY(%s) AND id IS DISTINCT FROM %s", (user_id, list(kinds), keep))

    async def still_good(self, tokens: Collection[UUID]) -> set[UUID]:
        """Which of these, by their ids, are good now."""
        if not tokens:
            return set()
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_STILL_GOOD, (list(tokens), self._clock()))
            return {row[0] for row in await cursor.fetchall()}

    def forget(self) -> None:
        """Look every token up anew: one may have been revoked. A lookup that is under way is not remembered either."""
        self._remembered.clear()
        self._forgotten += 1

    async def _revoke(self, which: LiteralString, values: tuple[Any, ...]) -> bool:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_REVOKE + which, (self._clock(), *values))
        self.forget()
        if self._hints is not None:
            await self._hints.publish(ACCESS)
        return cursor.rowcount > 0

    async def _look_up(self, hashed: str, kind: Kind) -> Grant | None:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT u.id, u.name, u.role, t.id, t.scopes FROM access_tokens t JOIN users u ON u.id = t.user_id"
                " WHERE t.token_hash = %s AND t.kind = %s AND t.revoked_at IS NULL AND t.expires_at > %s"
                " AND u.disabled_at IS NULL",
                (hashed, kind, self._clock()),
            )
            row = await cursor.fetchone()
        return Grant(Account(*row[:3]), row[3], kind, frozenset(row[4])) if row is not None else None

    def _saw(self, token_id: UUID) -> None:
        """Have it written down that this token was used, at most once a minute. Nobody waits for that."""
        if self._seen.get(token_id, 0.0) > time.monotonic():
            return
        self._seen[token_id] = time.monotonic() + _SEEN_EVERY_SECONDS
        while len(self._seen) > _REMEMBERED_TOKENS:
            self._seen.popitem(last=False)
        noting = asyncio.create_task(self._note(token_id, self._clock()))
        self._noting.add(noting)
        noting.add_done_callback(self._noting.discard)

    async def _note(self, token_id: UUID, seen_at: datetime) -> None:
        with suppress(psycopg.Error, PoolTimeout, PoolClosed):  # it is noted a minute later then
            async with self._pool.connection() as connection:
                await connection.execute(_SEEN, (seen_at, token_id))

    async def _issue(
        self, user_id: UUID, kind: Kind, lasts: timedelta, label: str, scopes: Collection[Scope] = FULL
    ) -> tuple[Access, str]:
        token = secrets.token_urlsafe(32)
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Access)) as cursor:
            await cursor.execute(
                _ISSUE, (uuid4(), user_id, kind, _hash(token), label, sorted(scopes), self._clock() + lasts)
            )
            access = await cursor.fetchone()
        assert access is not None
        return access, token
