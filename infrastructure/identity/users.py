"""The people of an installation: who they are, their passwords, and whether they may come in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from psycopg.errors import UniqueViolation
from psycopg.rows import class_row

from infrastructure.identity.authentication import Authentication, Identity
from infrastructure.identity.passwords import LONGEST, SHORTEST, Passwords, name_key
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import Pool

LONGEST_NAME = 60
ANALYST = "analyst"
AssignableRole = Literal["writer", "analyst"]
"""A writer sees what is theirs. An analyst may also read what is everybody's, and each such read is recorded."""

_USERS = "SELECT id, name, role, password_hash IS NOT NULL AS has_password, disabled_at, created_at FROM users "


@dataclass(frozen=True, slots=True)
class User:
    """One person, as a list of them shows it."""

    id: UUID
    name: str
    role: str
    has_password: bool
    disabled_at: datetime | None
    created_at: datetime


class Users:
    """Safe to use from many tasks. Raises OperatorError with a sentence for whoever typed the command."""

    def __init__(
        self, pool: Pool, accounts: Authentication, passwords: Passwords, clock: Callable[[], datetime]
    ) -> None:
        self._pool = pool
        self._accounts = accounts
        self._passwords = passwords
        self._clock = clock

    async def add(self, name: str, password: str | None = None) -> User:
        """A new writer. Raises OperatorError for a name that is taken or unfit, or a short password."""
        printable = name.isprintable()
        name = " ".join(name.split())
        if not printable or not name or len(name) > LONGEST_NAME:
            raise OperatorError("This cannot be a name.", f"Use 1 to {LONGEST_NAME} printable characters.")
        hashed = await self._hashed(password) if password is not None else None
        try:
            async with self._pool.connection() as connection:
                await connection.execute(
                    "INSERT INTO users (id, name, name_key, password_hash) VALUES (%s, %s, %s, %s)",
                    (uuid4(), name, name_key(name), hashed),
                )
        except UniqueViolation as error:
            raise OperatorError(
                "There is somebody of that name already.", "`genesis users list` shows everybody."
            ) from error
        return await self.named(name)

    async def all(self) -> list[User]:
        """Everybody, the first first."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(User)) as cursor:
            await cursor.execute(_USERS + "ORDER BY created_at, id")
            return await cursor.fetchall()

    async def named(self, name: str) -> User:
        """Raises OperatorError when there is nobody of that name."""
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(User)) as cursor:
            await cursor.execute(_USERS + "WHERE name_key = %s", (name_key(name),))
            found = await cursor.fetchone()
        if found is None:
            raise OperatorError("There is nobody of that name.", "`genesis users list` shows everybody.")
        return found

    async def get(self, user_id: UUID) -> User | None:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(User)) as cursor:
            await cursor.execute(_USERS + "WHERE id = %s", (user_id,))
            return await cursor.fetchone()

    async def anybody_has_a_password(self) -> bool:
        """Whether strangers can be told from somebody who may come in: without that nothing listens beyond here."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT 1 FROM users WHERE password_hash IS NOT NULL AND disabled_at IS NULL LIMIT 1"
            )
            return await cursor.fetchone() is not None

    async def check(self, name: str, password: str) -> Identity | None:
        """Whose name and password these are. None, after as much work, for whatever is wrong with them."""
        found = await self._checked(name, password)
        return found[0] if found is not None else None

    async def sign_in(self, name: str, password: str, label: str = "") -> tuple[str, Identity] | None:
        """(a browser session's token, whose it is), or None, as `check` and also when something changed meanwhile."""
        found = await self._checked(name, password)
        if found is None:
            return None
        session = await self._accounts.open_session(found[0].id, label, proof=found[1])
        return (session, found[0]) if session is not None else None

    async def set_password(self, user_id: UUID, password: str, *, keep: UUID | None = None) -> None:
        """A new password, and an end to the browser sessions that the old one may have opened, but for `keep`.

        Programs' tokens stay: they were made on purpose, and each can be revoked. Raises OperatorError.
        """
        hashed = await self._hashed(password)
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("UPDATE users SET password_hash = %s WHERE id = %s", (hashed, user_id))
            await self._accounts.revoke_within(connection, user_id, keep=keep, kinds=("login", "session"))
        await self._accounts.tell()

    async def set_role(self, user_id: UUID, role: AssignableRole) -> None:
        """What a person may see from now on, also with open tokens. Raises OperatorError for the owner."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "UPDATE users SET role = %s WHERE id = %s AND role <> 'owner'", (role, user_id)
            )
        if not cursor.rowcount:
            raise OperatorError("The owner's role stays.", "`genesis users add NAME` makes an account for an analyst.")
        await self._accounts.tell()

    async def is_analyst(self, user_id: UUID) -> bool:
        """Whether this person is an analyst now, whatever is remembered of their token."""
        user = await self.get(user_id)
        return user is not None and user.role == ANALYST and user.disabled_at is None

    async def disable(self, user_id: UUID) -> None:
        """Nobody comes in as this person any more, and whoever is in is out. Raises OperatorError for the owner."""
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(
                "UPDATE users SET disabled_at = coalesce(disabled_at, %s) WHERE id = %s AND role <> 'owner'",
                (self._clock(), user_id),
            )
            if not cursor.rowcount:
                raise OperatorError(
                    "The owner cannot be shut out.", "`genesis users password` changes the owner's password."
                )
            await self._accounts.revoke_within(connection, user_id)
        await self._accounts.tell()

    async def enable(self, user_id: UUID) -> None:
        async with self._pool.connection() as connection:
            await connection.execute("UPDATE users SET disabled_at = NULL WHERE id = %s", (user_id,))

    async def _checked(self, name: str, password: str) -> tuple[Identity, str] | None:
        """(whose they are, the hash that the password was compared with)"""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT id, name, role, password_hash FROM users WHERE name_key = %s AND disabled_at IS NULL",
                (name_key(name),),
            )
            row = await cursor.fetchone()
        right = await self._passwords.matches(password, row[3] if row else None)
        return (Identity(*row[:3]), str(row[3])) if row is not None and right else None

    async def _hashed(self, password: str) -> str:
        if not SHORTEST <= len(password) <= LONGEST:
            raise OperatorError("This cannot be a password.", f"Use {SHORTEST} to {LONGEST} characters.")
        return await self._passwords.hash(password)
