"""Notes what a rebuild has done so far, in its shadow and in the same transactions, so that the next run goes on there.

The comment on the shadow's schema says what the shadow is of and how far it has followed the log; the table
`rebuild_parts` says how far the first fill is, for each part of the streams.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import genesis_types
import orjson
from psycopg import AsyncConnection, sql

import domain
import projections
from infrastructure.event_store.bulk_reader import StreamPlace
from infrastructure.event_store.codec import CODEC
from infrastructure.event_store.log_reader import Checkpoint
from projections.engine.projection import Projection

LAST = "zzzz"
"""Comes after every stream's id in any collation."""

_WHAT = {
    "tables": "its tables have another shape now",
    "events": "its events have other versions now",
    "code": "it was begun by another build",
}

Note = dict[str, Any]


class Overtaken(Exception):
    """Another run has taken the shadow over: nothing was written."""


@dataclass(frozen=True, slots=True)
class Part:
    """Streams with ids from `low` on and before `high`, filled up to `place`; `events` so far."""

    number: int
    low: str
    high: str
    place: StreamPlace
    events: int


@cache
def _code() -> str:
    """A digest of everything that decides what events become: the domain's and the projections' own sources."""
    digest = sha256()
    for package in (domain, projections, genesis_types):
        folder = Path(package.__path__[0])
        for file in sorted(one for one in folder.rglob("*") if one.suffix in (".py", ".sql")):
            digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def identity(projection: Projection, schema_sql: str) -> dict[str, str]:
    """What a shadow is of: while all of it is the same, an interrupted rebuild can be gone on with."""
    columns = {table.name: list(table.row.model_fields) for table in projection.tables}
    versions = CODEC.versions()
    return {
        "tables": sha256(schema_sql.encode() + orjson.dumps(columns)).hexdigest(),
        "events": sha256(orjson.dumps(versions, option=orjson.OPT_SORT_KEYS)).hexdigest(),
        "code": _code(),
    }


def why_anew(note: Note | None, wanted: dict[str, str], horizon: Checkpoint) -> str | None:
    """Why an interrupted rebuild cannot be gone on with; None when it can."""
    if note is None:
        return "it had not come far enough to be gone on with"
    changed = [what for name, what in _WHAT.items() if note["identity"].get(name) != wanted[name]]
    if changed:
        return changed[0]
    if max(Checkpoint(*note["until"]), Checkpoint(note["tx_id"], note["position"])) > horizon:
        return "the log is older now: it was restored"
    return None


async def read_note(connection: AsyncConnection[Any], schema: str) -> tuple[bool, Note | None]:
    """(whether the schema is there, its note if it is one of a rebuild)."""
    query = b"SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s"
    row = await (await connection.execute(query, (schema,))).fetchone()
    note = orjson.loads(row[0]) if row is not None and row[0] is not None else {}
    return row is not None, note if "identity" in note else None


async def write_note(connection: AsyncConnection[Any], schema: str, note: Note) -> None:
    text = sql.Literal(orjson.dumps(note).decode())
    await connection.execute(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(schema), text))


def _parts(schema: str) -> sql.Identifier:
    return sql.Identifier(schema, "rebuild_parts")


async def make_parts(connection: AsyncConnection[Any], schema: str, bounds: Sequence[str]) -> None:
    """The streams, cut at `bounds` into parts that are filled independently of each other."""
    await connection.execute(
        sql.SQL(
            "CREATE TABLE {} (part INTEGER PRIMARY KEY, low TEXT NOT NULL, high TEXT NOT NULL, stream TEXT NOT NULL,"
            " version INTEGER NOT NULL DEFAULT 0, events BIGINT NOT NULL DEFAULT 0, run UUID)"
        ).format(_parts(schema))
    )
    for number, (low, high) in enumerate(zip(("", *bounds), (*bounds, LAST), strict=True)):
        query = sql.SQL("INSERT INTO {} (part, low, high, stream) VALUES (%s, %s, %s, %s)").format(_parts(schema))
        await connection.execute(query, (number, low, high, low))


async def drop_parts(connection: AsyncConnection[Any], schema: str) -> None:
    await connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(_parts(schema)))


async def take_parts(connection: AsyncConnection[Any], schema: str) -> tuple[UUID, list[Part]]:
    """Make the parts this run's own: what an earlier run's process would still write is refused from now on."""
    run = uuid4()
    query = sql.SQL("UPDATE {} SET run = %s RETURNING part, low, high, stream, version, events").format(_parts(schema))
    rows = await (await connection.execute(query, (run,))).fetchall()
    return run, [Part(row[0], row[1], row[2], StreamPlace(row[3], row[4]), row[5]) for row in sorted(rows)]


async def move_part(
    connection: AsyncConnection[Any], schema: str, part: Part, run: UUID, *, after: StreamPlace, events: int
) -> None:
    """From `part.place` to `after`, inside the caller's transaction. Raises Overtaken."""
    query = sql.SQL(
        "UPDATE {} SET stream = %s, version = %s, events = events + %s"
        " WHERE part = %s AND run = %s AND stream = %s AND version = %s"
    ).format(_parts(schema))
    parameters = (after.stream, after.version, events, part.number, run, part.place.stream, part.place.version)
    if (await connection.execute(query, parameters)).rowcount != 1:
        raise Overtaken("Another run of this rebuild has taken over.")


async def filled_events(connection: AsyncConnection[Any], schema: str) -> int:
    query = sql.SQL("SELECT coalesce(sum(events), 0) FROM {}").format(_parts(schema))
    row = await (await connection.execute(query)).fetchone()
    return int(row[0]) if row else 0
