"""Keeps connections to models: the rows of model_connections and session_models, each of one account."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import sql
from psycopg.errors import ForeignKeyViolation, UniqueViolation
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from infrastructure.postgres.pool import Connection, Pool
from infrastructure.secret_box import SecretBox
from infrastructure.writers.connections.stored import ENVIRONMENT, MOST, MUSE, Choice, NotAllowed, Stored, shown_end

_NAMES = ", ".join(Stored.__slots__)
_SELECT = f"SELECT {_NAMES} FROM model_connections "  # noqa: S608  (names of our own class)
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('model_connections ' || %s::text, 0))"
_FIELDS = ("name", "preset", "model", "base_url", "input_price", "output_price", "context_tokens", "profile")
_OF_THE_SERVER = frozenset({"preset", "model", "base_url"})
"""Where one of these changes, what the server had taught is of another one."""

_TAKEN = "You have a model of that name already."


class ModelConnections:
    """Safe to use from many tasks. Every method is told whose: nothing of another account is found."""

    def __init__(self, pool: Pool, box: SecretBox) -> None:
        self._pool = pool
        self._box = box

    @property
    def box(self) -> SecretBox:
        return self._box

    async def all(self, user_id: UUID) -> list[Stored]:
        """In the order in which they are asked, the default aside."""
        async with self._pool.connection() as connection:
            return await self._all(connection, user_id)

    async def get(self, user_id: UUID, connection_id: UUID) -> Stored | None:
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Stored)) as cursor:
            await cursor.execute(_SELECT + "WHERE user_id = %s AND id = %s", (user_id, connection_id))
            return await cursor.fetchone()

    async def add(self, user_id: UUID, values: Mapping[str, Any], key: str | None, *, default: bool = False) -> Stored:
        """A new one, the last in line; the first of an account is its default. `values`: of _FIELDS.

        Raises NotAllowed for a name that is taken or too many connections, SecretKeyUnusable.
        """
        new = uuid4()
        row = {name: values.get(name) for name in _FIELDS} | {"id": new, "user_id": user_id} | self._sealed(new, key)
        try:
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute(_ONE_AT_A_TIME, (user_id,))
                kept = await self._all(connection, user_id)
                if len(kept) >= MOST:
                    raise NotAllowed("", f"There are {MOST} models already. Remove one first.")
                default = default or not kept
                if default:
                    await _no_default(connection, user_id)
                row |= {"position": len(kept), "is_default": default}
                await connection.execute(_insert(row), row)
        except UniqueViolation:
            raise NotAllowed("name", _TAKEN) from None
        found = await self.get(user_id, new)
        assert found is not None
        return found

    async def change(
        self, user_id: UUID, connection_id: UUID, values: Mapping[str, Any], *, key: str | None = None
    ) -> Stored | None:
        """Change what is named in `values` (of _FIELDS, and `position`, `is_default`); `key` "" takes the key away.

        None: there is no such connection. Raises NotAllowed, SecretKeyUnusable.
        """
        try:
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute(_ONE_AT_A_TIME, (user_id,))
                kept = await self._all(connection, user_id)
                before = next((one for one in kept if one.id == connection_id), None)
                if before is None:
                    return None
                row = {name: values[name] for name in _FIELDS if name in values}
                moved = any(row[name] != getattr(before, name) for name in _OF_THE_SERVER & row.keys())
                if key is not None:
                    row |= self._sealed(connection_id, key or None)
                elif before.secret and any(
                    row[name] != getattr(before, name) for name in {"preset", "base_url"} & row.keys()
                ):
                    raise NotAllowed("api_key", "The key belongs to the address of before: enter the key for this one.")
                if moved or key is not None:
                    row |= {"learned": None, "tested_at": None, "test_code": None}
                if (default := values.get("is_default")) is not None:
                    if default:
                        await _no_default(connection, user_id)
                    row["is_default"] = default
                if row:
                    await connection.execute(_update(row), row | {"id": connection_id})
                if values.get("position") is not None:
                    await _move(connection, kept, before, values["position"])
        except UniqueViolation:
            raise NotAllowed("name", _TAKEN) from None
        return await self.get(user_id, connection_id)

    async def remove(self, user_id: UUID, connection_id: UUID) -> bool:
        """End it, with its key. Sessions that chose it go on with what comes next; so does a default."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_ONE_AT_A_TIME, (user_id,))
            cursor = await connection.execute(
                "DELETE FROM model_connections WHERE user_id = %s AND id = %s RETURNING is_default",
                (user_id, connection_id),
            )
            gone = await cursor.fetchone()
            if gone is None:
                return False
            left = await self._all(connection, user_id)
            for position, one in enumerate(left):
                values = (position, one.is_default or (bool(gone[0]) and position == 0), one.id)
                await connection.execute(
                    "UPDATE model_connections SET position = %s, is_default = %s WHERE id = %s", values
                )
            return True

    async def tested(self, connection: Stored, code: str, learned: Mapping[str, Any] | None, at: datetime) -> None:
        """Keep how a test ended, and the form of answer that worked, unless it was changed meanwhile."""
        kept = Jsonb(learned) if learned is not None else None
        await self._note(connection, "tested_at = %s, test_code = %s, learned = %s", (at, code, kept))

    async def learned(self, connection: Stored, way: Mapping[str, Any]) -> None:
        """Keep the form of answer that worked, for whichever process asks next."""
        await self._note(connection, "learned = %s", (Jsonb(way),))

    async def choice(self, user_id: UUID, session_id: UUID) -> Choice:
        """What a session has chosen."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT connection_id, other FROM session_models WHERE session_id = %s AND user_id = %s",
                (session_id, user_id),
            )
            row = await cursor.fetchone()
        if row is None:
            return None
        if row[0] is not None:
            return UUID(str(row[0]))
        return ENVIRONMENT if row[1] == ENVIRONMENT else MUSE

    async def choose(self, user_id: UUID, session_id: UUID, choice: Choice) -> bool:
        """Keep what a session is written by from its next proposals on. False: it is no connection of this account."""
        chosen = choice if isinstance(choice, UUID) else None
        if chosen is not None and await self.get(user_id, chosen) is None:
            return False
        async with self._pool.connection() as connection:
            if choice is None:
                await connection.execute(
                    "DELETE FROM session_models WHERE session_id = %s AND user_id = %s", (session_id, user_id)
                )
                return True
            try:
                await connection.execute(
                    "INSERT INTO session_models (session_id, user_id, connection_id, other) VALUES (%s, %s, %s, %s)"
                    " ON CONFLICT (session_id) DO UPDATE SET connection_id = excluded.connection_id,"
                    " other = excluded.other",
                    (session_id, user_id, chosen, None if chosen is not None else choice),
                )
            except ForeignKeyViolation:  # removed at this very moment
                return False
        return True

    async def _all(self, connection: Connection, user_id: UUID) -> list[Stored]:
        async with connection.cursor(row_factory=class_row(Stored)) as cursor:
            await cursor.execute(_SELECT + "WHERE user_id = %s ORDER BY position, created_at, id", (user_id,))
            return await cursor.fetchall()

    async def _note(self, connection: Stored, what: str, values: tuple[Any, ...]) -> None:
        statement = (
            f"UPDATE model_connections SET {what} WHERE id = %s AND model = %s AND preset = %s"  # noqa: S608
            " AND base_url IS NOT DISTINCT FROM %s AND secret IS NOT DISTINCT FROM %s"
        )
        same = (connection.id, connection.model, connection.preset, connection.base_url, connection.secret)
        async with self._pool.connection() as found:
            await found.execute(statement.encode(), (*values, *same))

    def _sealed(self, row: UUID, key: str | None) -> dict[str, str | None]:
        if key is None:
            return {"secret": None, "key_end": None}
        return {"secret": self._box.encrypt(row, key), "key_end": shown_end(key)}


async def _no_default(connection: Connection, user_id: UUID) -> None:
    await connection.execute(
        "UPDATE model_connections SET is_default = false WHERE user_id = %s AND is_default", (user_id,)
    )


async def _move(connection: Connection, kept: list[Stored], moved: Stored, position: int) -> None:
    order = [one.id for one in kept if one.id != moved.id]
    order.insert(position, moved.id)
    for number, one in enumerate(order):
        await connection.execute("UPDATE model_connections SET position = %s WHERE id = %s", (number, one))


def _insert(row: Mapping[str, Any]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, row))
    values = sql.SQL(", ").join(map(sql.Placeholder, row))
    return sql.SQL("INSERT INTO model_connections ({}) VALUES ({})").format(names, values)


def _update(row: Mapping[str, Any]) -> sql.Composed:
    pairs = [sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in row]
    return sql.SQL("UPDATE model_connections SET {} WHERE id = {}").format(
        sql.SQL(", ").join(pairs), sql.Placeholder("id")
    )
