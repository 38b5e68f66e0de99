"""Access: the owner's account, one-time login tokens, browser sessions, and programs' Bearer tokens.

A token is random, opaque and shown once; only its SHA-256 is kept.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from application.wakeups import ACCESS, Hints
from infrastructure.identity import access_tokens
from infrastructure.identity.access_tokens import ALL, FULL, Access, Kind, Scope, hash_of, insert
from infrastructure.identity.passwords import name_key
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import Connection

LOGIN_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(days=30)
BEARER_LASTS = timedelta(days=365)

_REMEMBERED_SECONDS = 3.0
_REMEMBERED_TOKENS = 1_000
_LONGEST_TOKEN = 200
_SEEN_EVERY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is asking."""

    id: UUID
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token that is good says: whose it is, which, and what it may be used for."""

    account: Identity
    token_id: UUID
    kind: Kind
    scopes: frozenset[str]


def _now() -> datetime:
    return datetime.now(UTC)


def _made(issued: tuple[Access, str] | None) -> tuple[Access, str]:
    if issued is None:
        raise OperatorError("This account is disabled.", "`genesis users enable` lets them in again.")
    return issued


class Authentication:
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

    async def ensure_owner(self, name: str = "owner") -> Identity:
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
        return Identity(*row)

    async def issue_login(self, user_id: UUID) -> str:
        """A one-time token for the address `/login?token=…`, good for a quarter of an hour. Raises OperatorError."""
        return _made(await self._issue(user_id, "login", LOGIN_LASTS, label="one-time login"))[1]

    async def issue_bearer(
        self,
        user_id: UUID,
        label: str = "",
        lasts: timedelta = BEARER_LASTS,
        scopes: Collection[Scope] = FULL,
    ) -> str:
        """A token for a program's `Authorization: Bearer …`. Raises OperatorError for somebody who is disabled."""
        return _made(await self.make_bearer(user_id, label, lasts, scopes))[1]

    async def make_bearer(
        self, user_id: UUID, label: str, lasts: timedelta, scopes: Collection[Scope]
    ) -> tuple[Access, str] | None:
        """(what a list shows of it, the token, which is shown this once); None for somebody who is disabled."""
        return await self._issue(user_id, "bearer", lasts, label=label, scopes=scopes)

    async def open_session(self, user_id: UUID, label: str = "", proof: str | None = None) -> str | None:
        """A browser session's token, for somebody who has shown who they are.

        None if they were shut out meanwhile, or if their password's hash is no longer `proof`, when that is given.
        """
        made = await self._issue(user_id, "session", SESSION_LASTS, label=label, proof=proof)
        return made[1] if made is not None else None

    async def whose_login(self, token: str) -> Identity | None:
        """Whom a login token would sign in; None when it is not good. It is not spent by this."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(access_tokens.PEEK, (hash_of(token), self._clock()))).fetchone()
        return Identity(*row) if row is not None else None

    async def redeem_login(self, token: str, label: str = "") -> tuple[str, Identity] | None:
        """(a browser session's token, whose it is) for a login token, which is spent by this; None when it is not good.

        Two requests with one token: exactly one gets a session.
        """
        given: dict[str, Any] = {"now": self._clock(), "token": hash_of(token)}
        async with self._pool.connection() as connection, connection.transaction():
            row = await (await connection.execute(access_tokens.WHOSE_LOGIN, (given["token"],))).fetchone()
            if row is None or not (await connection.execute(access_tokens.SPEND, given)).rowcount:
                return None
            made = await insert(connection, row[0], "session", until=given["now"] + SESSION_LASTS, label=label)
        return (made[1], Identity(*row)) if made is not None else None

    async def grant_of(self, token: str, kind: Kind) -> Grant | None:
        """What this token of this kind grants, or None: unknown, expired, revoked, of another kind, of somebody out."""
        if len(token) > _LONGEST_TOKEN:
            return None
        key = (hash_of(token), kind)
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
            await cursor.execute(access_tokens.GRANTED, (user_id, self._clock()))
            return await cursor.fetchall()

    async def revoke(self, token: str) -> None:
        """End a browser session or a program's access. An unknown token is none of anybody's business."""
        await self._revoke("token_hash = %s", (hash_of(token),))

    async def revoke_one(self, user_id: UUID, token_id: UUID) -> bool:
        """End one of this person's; False when there is none of this id that could be ended."""
        return await self._revoke("user_id = %s AND id = %s AND kind IN ('session', 'bearer')", (user_id, token_id))

    async def revoke_all(self, user_id: UUID, *, keep: UUID | None = None, kinds: Sequence[Kind] = ALL) -> None:
        """End all of this person's of these kinds, but for the token `keep`."""
        async with self._pool.connection() as connection:
            await self.revoke_within(connection, user_id, keep=keep, kinds=kinds)
        await self.tell()

    async def revoke_within(
        self, connection: Connection, user_id: UUID, *, keep: UUID | None = None, kinds: Sequence[Kind] = ALL
    ) -> None:
        """The same within the transaction of a change of the account; call `tell` when that is committed."""
        await connection.execute(
            access_tokens.REVOKE + access_tokens.ALL_OF_USER, (self._clock(), user_id, list(kinds), keep)
        )

    async def tell(self) -> None:
        """Forget what is remembered here, and have the other processes forget it."""
        self.forget()
        if self._hints is not None:
            await self._hints.publish(ACCESS)

    async def still_good(self, tokens: Collection[UUID]) -> set[UUID]:
        """Which of these, by their ids, are good now."""
        if not tokens:
            return set()
        async with self._pool.connection() as connection:
            cursor = await connection.execute(access_tokens.STILL_GOOD, (list(tokens), self._clock()))
            return {row[0] for row in await cursor.fetchall()}

    def forget(self) -> None:
        """Look every token up anew: one may have been revoked. A lookup that is under way is not remembered either."""
        self._remembered.clear()
        self._forgotten += 1

    async def _revoke(self, which: LiteralString, values: tuple[Any, ...]) -> bool:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(access_tokens.REVOKE + which, (self._clock(), *values))
        await self.tell()
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
        return Grant(Identity(*row[:3]), row[3], kind, frozenset(row[4])) if row is not None else None

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
                await connection.execute(access_tokens.SEEN, (seen_at, token_id))

    async def _issue(
        self,
        user_id: UUID,
        kind: Kind,
        lasts: timedelta,
        *,
        label: str,
        scopes: Collection[Scope] = FULL,
        proof: str | None = None,
    ) -> tuple[Access, str] | None:
        until = self._clock() + lasts
        async with self._pool.connection() as connection:
            return await insert(connection, user_id, kind, until=until, label=label, scopes=scopes, proof=proof)
