"""Turns rows into the bytes of files: what all formats have in common, and which encoder makes which format."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from infrastructure.exports.columns import Columns, Rows
from infrastructure.exports.csv_encoder import CsvEncoder
from infrastructure.exports.jsonl_encoder import JsonlEncoder
from infrastructure.exports.parquet_encoder import PART, ParquetEncoder
from infrastructure.exports.pieces import Piece
from infrastructure.exports.redaction import Redactor
from infrastructure.exports.request import FileFormat
from infrastructure.exports.tables import Table


class Encoder(Protocol):
    """Makes the same bytes of the same rows, however they are cut into calls of `add`."""

    def add(self, rows: Sequence[str]) -> Iterator[Piece]:
        """What is now to be written of these rows; some may be kept back."""

    def end(self) -> Iterator[Piece]:
        """The rest."""

    def place(self) -> Mapping[str, Any] | None:
        """From where an encoder of the same kind can go on; None while that would lose what is kept back."""


def make_encoder(
    kind: FileFormat, table: Table, redactor: Redactor, place: Mapping[str, Any] | None = None, *, parts: bool = True
) -> Encoder:
    """The encoder of a format; `parts`: whether Parquet begins a new file now and then. Raises OperatorError."""
    match kind:
        case "jsonl":
            return JsonlEncoder(table)
        case "csv":
            return CsvEncoder(table, redactor, place)
        case "parquet":
            return ParquetEncoder(table, place, part=PART if parts else None)
        case _:
            raise ValueError(f"{kind} is no format of tables")


def encoded(encoder: Encoder, rows: Rows) -> Iterator[Piece]:
    """What `encoder` makes of rows; by column they are for Parquet only."""
    if not isinstance(rows, Columns):
        return encoder.add(rows)
    assert isinstance(encoder, ParquetEncoder)
    return encoder.add_columns(rows)
