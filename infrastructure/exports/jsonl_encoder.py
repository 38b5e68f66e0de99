"""Writes rows as JSON Lines: events as CloudEvents 1.0 with the names that messages on the bus have, others as objects.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from domain.aggregates import AGGREGATES
from infrastructure.exports.chain import FIRST, Chain
from infrastructure.exports.pieces import Piece
from infrastructure.exports.tables import EVENTS, SEPARATOR, Column, Table

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SOURCES = {name: aggregate.source for name, aggregate in AGGREGATES.by_type.items()}
_UNKNOWN = "/genesis/unknown"


class JsonlEncoder:
    """One object for each row, and its hash as the last field."""

    def __init__(self, table: Table, place: Mapping[str, Any] | None = None) -> None:
        self._table = table
        self._file = f"{table.name}.jsonl"
        self._chain = Chain(place["chain"] if place else FIRST)

    def add(self, rows: Sequence[str]) -> Iterator[Piece]:
        if not rows:
            return
        made = [self._object(row.split(SEPARATOR)) for row in rows]
        lines = zip(made, self._chain.add_all(made), strict=True)
        data = "".join(f'{text},"chain":"{hash_}"}}\n' for text, hash_ in lines)
        yield Piece(self._file, self._table.name, data.encode(), len(made), self._chain.end)

    def end(self) -> Iterator[Piece]:
        yield Piece(self._file, self._table.name, b"", 0, self._chain.end)

    def place(self) -> Mapping[str, Any]:
        return {"chain": self._chain.end}

    def _object(self, values: list[str]) -> str:
        """The object but for its last field and its end."""
        return _cloud_event(values) if self._table is EVENTS else _plain_object(self._table.columns, values)


def _cloud_event(values: list[str]) -> str:
    position, _, event_id, event_type, schema_version, aggregate_type, stream_id, version, account_id = values[:9]
    occurred, recorded, correlation, causation = values[9:13]
    source = _SOURCES.get(aggregate_type, _UNKNOWN)
    text = (
        f'{{"specversion":"1.0","id":"{event_id}","source":"{source}","type":{_text(event_type)}'
        f',"subject":{_text(stream_id)},"time":"{time(occurred or recorded)}"'
        f',"schemaversion":"{schema_version}","sequence":"{version}","datacontenttype":"application/json"'
    )
    for name, value in (("correlationid", correlation), ("causationid", causation), ("accountid", account_id)):
        if value:
            text += f',"{name}":{_text(value)}'
    return f'{text},"recordedtime":"{time(recorded)}","position":"{position}","data":{values[-1]}'


def _plain_object(columns: Sequence[Column], values: list[str]) -> str:
    fields = (f'"{column.name}":{_value(column, value)}' for column, value in zip(columns, values, strict=True))
    return "{" + ",".join(fields)


def _value(column: Column, value: str) -> str:
    if value == "":
        return "null"
    match column.kind:
        case "time":
            return f'"{time(value)}"'
        case "text":
            return _text(value)
        case _:
            return value


def _text(value: str) -> str:
    return orjson.dumps(value).decode()


def time(microseconds: str) -> str:
    """RFC 3339, UTC, to the microsecond."""
    return (_EPOCH + timedelta(microseconds=int(microseconds))).isoformat(timespec="microseconds")[:-6] + "Z"
