"""Writes rows as Parquet: typed columns, row groups in the log's order and so by time, a new file every PART rows.

pyarrow is an extra (`analytics`) and is loaded here only: https://arrow.apache.org/docs/python/parquet.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infrastructure.exports.pieces import Piece
from infrastructure.exports.tables import SEPARATOR, Table
from infrastructure.operator_error import OperatorError

PART = 200_000
"""Rows of a file: where an export that was interrupted goes on, and what a reader can take by itself."""

GROUP = 50_000
GROUP_BYTES = 16 * 1024 * 1024
"""A row group ends after so many rows, or so many bytes of text."""


_DISTINCT = frozenset(
    (
        *("position", "event_id", "causation_id", "occurred_at", "recorded_at"),
        *("payload", "payload_hash", "payload_salt", "chain", "confirmed"),
    )
)
"""Columns whose values do not repeat: a dictionary of them would only be in the way."""

_UNORDERED = frozenset(("payload", "payload_hash", "payload_salt", "chain", "metadata", "confirmed"))
"""Columns that nobody asks for by their least and greatest value."""


def pyarrow() -> Any:
    """The library, with what is used of it. Raises OperatorError where it is not installed."""
    try:
        import pyarrow  # noqa: PLC0415
        import pyarrow.csv  # noqa: PLC0415
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        raise OperatorError(
            "Parquet needs pyarrow, which is not installed here.",
            "`.venv/bin/python -m pip install pyarrow duckdb` adds it (100 MB); jsonl and csv need nothing.",
        ) from None
    return pyarrow


class _Sink:
    """Takes what the library writes, and hands it on: it never has to go back in a file."""

    closed = False

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: Any) -> int:
        self._written.append(bytes(data))
        return len(self._written[-1])

    def taken(self) -> bytes:
        data, self._written = b"".join(self._written), []
        return data

    def flush(self) -> None: ...

    def close(self) -> None:
        self.closed = True

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False


class ParquetEncoder:
    """`part` None: one file, however long it gets."""

    def __init__(self, table: Table, place: Mapping[str, Any] | None = None, *, part: int | None = PART) -> None:
        self._arrow = pyarrow()
        self._table = table
        self._part = part
        self._number = place["part"] if place else 0
        self._lines: list[str] = []
        self._bytes = 0
        self._rows = 0
        self._writer: Any = None
        self._sink = _Sink()
        self._names = [column.name for column in table.columns]
        kinds = {"integer": "int64", "number": "float64", "time": "int64", "boolean": "bool_"}
        self._types = {
            column.name: getattr(self._arrow, kinds.get(column.kind, "string"))() for column in table.columns
        }
        self._times = [place for place, column in enumerate(table.columns) if column.kind == "time"]

    def add(self, rows: Sequence[str]) -> Iterator[Piece]:
        for row in rows:
            self._lines.append(row)
            self._bytes += len(row)
            whole = self._part is not None and self._rows + len(self._lines) == self._part
            if whole or len(self._lines) == GROUP or self._bytes >= GROUP_BYTES:
                yield self._group()
            if whole:
                yield self._close()

    def end(self) -> Iterator[Piece]:
        if self._lines:
            yield self._group()
        if self._writer is not None or self._number == 0:
            yield self._close()

    def place(self) -> Mapping[str, Any] | None:
        if self._lines or self._writer is not None:
            return None
        return {"part": self._number}

    def _group(self) -> Piece:
        lines, self._lines, self._bytes = self._lines, [], 0
        self._open().write_table(self._read("\n".join(lines).encode()), row_group_size=len(lines))
        self._rows += len(lines)
        return self._piece(len(lines), self._table.said(lines[-1]))

    def _close(self) -> Piece:
        self._open().close()
        piece = self._piece(0)
        self._writer, self._sink, self._rows = None, _Sink(), 0
        self._number += 1
        return piece

    def _piece(self, rows: int, last: str = "") -> Piece:
        file = f"{self._table.name}-{self._number:05}.parquet"
        return Piece(file, self._table.name, self._sink.taken(), rows, last)

    def _read(self, text: bytes) -> Any:
        """The rows as the library's table. Its reader of delimited text makes columns many times faster than Python."""
        csv = self._arrow.csv
        table = csv.read_csv(
            self._arrow.BufferReader(text),
            read_options=csv.ReadOptions(column_names=self._names, use_threads=False, block_size=len(text) + 1),
            parse_options=csv.ParseOptions(
                delimiter=SEPARATOR, quote_char=False, double_quote=False, escape_char=False, newlines_in_values=False
            ),
            convert_options=csv.ConvertOptions(
                column_types=self._types,
                null_values=[""],
                strings_can_be_null=True,
                true_values=["true"],
                false_values=["false"],
            ),
        )
        return self._timed(table)

    def _timed(self, table: Any) -> Any:
        moment = self._arrow.timestamp("us", "UTC")
        for place in self._times:
            table = table.set_column(place, self._table.columns[place].name, table.column(place).cast(moment))
        return table

    def _open(self) -> Any:
        if self._writer is None:
            schema = self._timed(self._arrow.schema(self._types.items()).empty_table()).schema
            self._writer = self._arrow.parquet.ParquetWriter(
                self._sink,
                schema,
                compression="zstd",
                compression_level=1,
                use_dictionary=[name for name in self._names if name not in _DISTINCT],
                write_statistics=[name for name in self._names if name not in _UNORDERED],
            )
        return self._writer
