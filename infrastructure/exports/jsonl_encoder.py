"""Writes rows as JSON Lines: events as CloudEvents 1.0 with the names that messages on the bus have, others as objects.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from domain.aggregates import AGGREGATES
from infrastructure.exports.pieces import Piece
from infrastructure.exports.tables import EVENTS, SEPARATOR, Column, Table

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SOURCES = {name: aggregate.source for name, aggregate in AGGREGATES.by_type.items()}
_UNKNOWN = "/genesis/unknown"


class JsonlEncoder:
    """One object for each row."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._file = f"{table.name}.jsonl"

    def add(self, rows: Sequence[str]) -> Iterator[Piece]:
        if rows:
            data = "".join(f"{self._object(row.split(SEPARATOR))}\n" for row in rows)
            yield Piece(self._file, self._table.name, data.encode(), len(rows), self._table.said(rows[-1]))

    def end(self) -> Iterator[Piece]:
        yield Piece(self._file, self._table.name, b"", 0)

    def place(self) -> Mapping[str, Any]:
        return {}

    def _object(self, values: list[str]) -> str:
        return _cloud_event(values) if self._table is EVENTS else _plain_object(self._table.columns, values)


def _cloud_event(values: list[str]) -> str:
    """In the order of the columns, as far as verify.py takes them by their places; what there is not is null."""
    position, recorded, version, schema_version, event_id, stream_id, commitment, aggregate_type = values[:8]
    event_type, metadata, correlation, causation, salt, chain, tx_id, account_id, occurred = values[8:17]
    return (
        f'{{"position":"{position}","recordedtime":"{time(recorded)}","sequence":"{version}"'
        f',"schemaversion":"{schema_version}","id":"{event_id}","subject":{_text(stream_id)}'
        f',"payloadhash":{_known(commitment)},"aggregatetype":{_text(aggregate_type)},"type":{_text(event_type)}'
        f',"metadata":{_text(metadata)},"correlationid":{_known(correlation)},"causationid":{_known(causation)}'
        f',"payloadsalt":{_known(salt)},"chain":{_known(chain)},"transaction":"{tx_id}","specversion":"1.0"'
        f',"source":"{_SOURCES.get(aggregate_type, _UNKNOWN)}","time":"{time(occurred or recorded)}"'
        f',"datacontenttype":"application/json","accountid":{_known(account_id)},"data":{values[-1]}}}'
    )


def _known(value: str) -> str:
    """An attribute of CloudEvents that may not be there: null says so."""
    return _text(value) if value else "null"


def _plain_object(columns: Sequence[Column], values: list[str]) -> str:
    fields = (f'"{column.name}":{_value(column, value)}' for column, value in zip(columns, values, strict=True))
    return "{" + ",".join(fields) + "}"


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
