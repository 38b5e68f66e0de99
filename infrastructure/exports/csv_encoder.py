"""Writes rows as CSV (RFC 4180): a flat table for each family of events, and nothing that a spreadsheet would execute.

https://www.rfc-editor.org/rfc/rfc4180 · https://owasp.org/www-community/attacks/CSV_Injection
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from infrastructure.event_store.codec import read_json
from infrastructure.exports.jsonl_encoder import time
from infrastructure.exports.pieces import Piece
from infrastructure.exports.redaction import Redactor
from infrastructure.exports.tables import EVENTS, FAMILIES, FAMILY_OF, OTHERS, SEPARATOR, Family, Table

_FORMULA = "=+-@\t\r\n＝＋－＠"
_FAMILIES = {family.name: family for family in (*FAMILIES, OTHERS)}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$')


def cell(value: str) -> str:
    """`value` as a spreadsheet shows it and does not run it: a text that begins as a formula gets an apostrophe."""
    if value and value[0] in _FORMULA and not _NUMBER.fullmatch(value):
        value = f"'{value}"
    return value.replace("\0", "\ufffd")


def line(cells: Sequence[str]) -> str:
    """A record, with the line break that RFC 4180 asks for."""
    return (
        ",".join(
            one if one.isalnum() or not _QUOTED.search(one) else '"' + one.replace('"', '""') + '"' for one in cells
        )
        + "\r\n"
    )


class CsvEncoder:
    """A file for each family that has rows (or one file, for a table that has no families)."""

    def __init__(self, table: Table, redactor: Redactor, place: Mapping[str, Any] | None = None) -> None:
        self._table = table
        self._redactor = redactor
        self._begun = set[str](place["begun"] if place else ())

    def add(self, rows: Sequence[str]) -> Iterator[Piece]:
        if self._table is not EVENTS:
            yield self._piece(self._table.name, self._header(()), [self._common(row.split(SEPARATOR)) for row in rows])
            return
        found: dict[str, list[list[str]]] = {}
        place = EVENTS.place("event_type")
        for row in rows:
            values = row.split(SEPARATOR)
            family = FAMILY_OF.get(values[place], OTHERS)
            found.setdefault(family.name, []).append(self._flat(family, values))
        for name, records in sorted(found.items()):
            yield self._piece(f"events_{name}", self._header(_columns(_FAMILIES[name])), records)

    def end(self) -> Iterator[Piece]:
        if self._table is not EVENTS and not self._begun:
            yield self._piece(self._table.name, self._header(()), [])

    def place(self) -> Mapping[str, Any]:
        return {"begun": sorted(self._begun)}

    def _piece(self, name: str, header: Sequence[str], records: Sequence[Sequence[str]]) -> Piece:
        text = [] if name in self._begun else [line(header)]
        self._begun.add(name)
        text += [line([cell(value) for value in record]) for record in records]
        last = self._table.said(SEPARATOR.join(records[-1])) if records else ""
        return Piece(f"{name}.csv", name, "".join(text).encode("utf-8", "replace"), len(records), last)

    def _header(self, more: Sequence[str]) -> list[str]:
        *common, last = (column.name for column in self._table.columns)
        return [*common, *more, last]

    def _common(self, values: list[str]) -> list[str]:
        columns = self._table.columns
        return [
            time(value) if value and column.kind == "time" else value
            for column, value in zip(columns, values, strict=True)
        ]

    def _flat(self, family: Family, values: list[str]) -> list[str]:
        *common, text = self._common(values)
        payload = read_json(text)
        own = [_flat(payload.get(name)) for name in family.values]
        for name in family.texts:
            own += self._text(payload.get(name))
        return [*common, *own, text]

    def _text(self, value: Any) -> tuple[str, str, str]:
        """The text, its characters, its hash."""
        match value:
            case str():
                return value, str(len(value)), self._redactor.digest(value)
            case {"chars": int(chars), "hash": str(digest)}:
                return "", str(chars), digest
            case _:
                return "", "", ""


def _columns(family: Family) -> list[str]:
    return [
        *family.values,
        *(column for name in family.texts for column in (name, f"{name}_chars", f"{name}_hash")),
    ]


def _flat(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case _:
            return orjson.dumps(value).decode()
