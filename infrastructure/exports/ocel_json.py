"""Writes an object-centric event log as OCEL 2.0 JSON, object by object from its SQLite form, in constant memory."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from infrastructure.exports.ocel_log import EVENT_ATTRIBUTES, OBJECT_ATTRIBUTES

FILE = "ocel.json"
_AT_ONCE = 1_000


def write(path: Path, target: Path) -> None:
    """Raises OSError, sqlite3.Error."""
    with target.open("wb") as stream:
        stream.writelines(pieces(path))


def pieces(path: Path) -> Iterator[bytes]:
    """The document, in pieces. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        events = _types(connection, "event_map_type")
        objects = _types(connection, "object_map_type")
        yield b'{"objectTypes":' + _declared(objects, OBJECT_ATTRIBUTES)
        yield b',"eventTypes":' + _declared(events, dict.fromkeys(events, EVENT_ATTRIBUTES))
        yield b',"objects":['
        yield from _separated(_objects(connection, objects))
        yield b'],"events":['
        yield from _separated(_events(connection, events))
        yield b"]}\n"


def _types(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"SELECT * FROM {table} ORDER BY ocel_type")}  # noqa: S608


def _declared(types: dict[str, str], attributes: dict[str, dict[str, str]]) -> bytes:
    return orjson.dumps(
        [
            {
                "name": name,
                "attributes": [{"name": one, "type": kind} for one, kind in attributes.get(name, {}).items()],
            }
            for name in types
        ]
    )


def _separated(items: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    found: list[bytes] = []
    begun = False
    for item in items:
        found.append((b",\n" if begun else b"\n") + orjson.dumps(item))
        begun = True
        if len(found) == _AT_ONCE:
            yield b"".join(found)
            found = []
    yield b"".join(found)


def _objects(connection: sqlite3.Connection, types: dict[str, str]) -> Iterator[dict[str, Any]]:
    for name, table in types.items():
        known = OBJECT_ATTRIBUTES.get(name, {})
        for (object_id,) in connection.execute(
            "SELECT ocel_id FROM object WHERE ocel_type = ? ORDER BY ocel_id", (name,)
        ):
            said = connection.execute(
                f'SELECT * FROM "object_{table}" WHERE ocel_id = ? ORDER BY ocel_time, rowid',  # noqa: S608
                (object_id,),
            )
            attributes = [
                {"name": one, "time": row["ocel_time"], "value": row[one]}
                for row in said
                for one in known
                if row[one] is not None
            ]
            related = connection.execute(
                "SELECT ocel_target_id AS objectId, ocel_qualifier AS qualifier FROM object_object"
                " WHERE ocel_source_id = ? ORDER BY 1, 2",
                (object_id,),
            )
            yield {
                "id": object_id,
                "type": name,
                "attributes": attributes,
                "relationships": [dict(row) for row in related],
            }


def _events(connection: sqlite3.Connection, types: dict[str, str]) -> Iterator[dict[str, Any]]:
    for event_id, name in connection.execute("SELECT ocel_id, ocel_type FROM event ORDER BY rowid"):
        row = connection.execute(f'SELECT * FROM "event_{types[name]}" WHERE ocel_id = ?', (event_id,)).fetchone()  # noqa: S608
        related = connection.execute(
            "SELECT ocel_object_id AS objectId, ocel_qualifier AS qualifier FROM event_object"
            " WHERE ocel_event_id = ? ORDER BY 1, 2",
            (event_id,),
        )
        yield {
            "id": event_id,
            "type": name,
            "time": row["ocel_time"],
            "attributes": [{"name": one, "value": row[one]} for one in EVENT_ATTRIBUTES if row[one] is not None],
            "relationships": [dict(one) for one in related],
        }
