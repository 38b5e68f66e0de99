"""Writes rows as lines of COPY, column by column: a value of a column costs a fraction of what it costs by itself.

The text format of https://www.postgresql.org/docs/current/sql-copy.html: tabs between values, backslash as escape, \\N
for NULL. Lists are JSON: a column that is an array of SQL takes the way of row_store.upsert, which asks the server.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel

from projections.engine.projection import Table

_NULL = rb"\N"
_BREAK = orjson.Fragment(b"\n")
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


class NoLines(Exception):
    """A value of a type that is not written here."""


def lines(table: Table, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows, given by column, with the columns in the order of the model's fields.

    Raises NoLines, or whatever cannot be encoded.
    """
    pick = itemgetter(*table.row.model_fields)
    columns = map(_column, zip(*map(pick, rows), strict=True))
    found = b"\n".join(map(b"\t".join, zip(*columns, strict=True)))
    return found + b"\n" if found else b""


def _column(values: Sequence[Any]) -> list[bytes]:
    kinds = set(map(type, values)) - {type(None)}
    if not kinds:
        return [_NULL] * len(values)
    for base, write in _WRITERS:
        if all(issubclass(kind, base) for kind in kinds):
            return write(values)
    raise NoLines(f"columns of {', '.join(sorted(kind.__name__ for kind in kinds))}")


def _plain(values: Sequence[Any]) -> list[bytes]:
    """What orjson writes with nothing but quotes around it: all at once."""
    return orjson.dumps(values)[1:-1].replace(b'"', b"").replace(b"null", _NULL).split(b",")


def _enums(values: Sequence[Any]) -> list[bytes]:
    members = {id(value): value for value in values}  # each is there once, and hashing one is slow
    known = {at: _NULL if member is None else _escaped(str(member.value)) for at, member in members.items()}
    return [known[id(value)] for value in values]


def _texts(values: Sequence[Any]) -> list[bytes]:
    known = {value: _NULL if value is None else _escaped(value) for value in set(values)}
    return [known[value] for value in values]


def _models(values: Sequence[Any]) -> list[bytes]:
    try:
        return _json(values)
    except TypeError:  # an integer beyond 64 bits, perhaps
        texts = ["" if value is None else value.model_dump_json() for value in values]
        return [text.encode().replace(b"\\", rb"\\") if text else _NULL for text in texts]


def _fields(value: Any) -> Any:
    """A model by its fields, as `model_dump_json` writes one that has neither aliases nor serializers of its own."""
    if isinstance(value, BaseModel):
        return vars(value)
    raise TypeError


def _json(values: Sequence[Any]) -> list[bytes]:
    """All in one call, which costs a fraction of one for each: orjson writes no line break, so one parts them."""
    parted: list[Any] = [_BREAK] * (2 * len(values) - 1)
    parted[::2] = values
    try:
        text = orjson.dumps(parted, _fields, orjson.OPT_UTC_Z)
    except TypeError:  # keys that are no texts, perhaps: they take longer
        text = orjson.dumps(parted, _fields, orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)
    found = text[1:-1].replace(b"\\", rb"\\").split(b",\n,")
    return [_NULL if value is None else line for value, line in zip(values, found, strict=True)]


def _escaped(text: str) -> bytes:
    return text.translate(_ESCAPES).encode()


# in this order: a boolean is an integer too, and an enumeration may be a text
_WRITERS: tuple[tuple[type, Callable[[Sequence[Any]], list[bytes]]], ...] = (
    (Enum, _enums),
    (UUID, _plain),
    (datetime, _plain),
    (int, _plain),
    (float, _plain),
    (str, _texts),
    (BaseModel, _models),
    (dict, _json),
    (list, _json),
)
