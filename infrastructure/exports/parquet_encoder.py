"""Writes rows as Parquet: typed columns, row groups in the log's order and so by time, a new file every PART rows.

pyarrow is an extra (`analytics`): https://arrow.apache.org/docs/python/parquet.html
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from infrastructure.exports.columns import Columns, columns_of, pyarrow, schema
from infrastructure.exports.pieces import Piece
from infrastructure.exports.tables import Table

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
        self._schema = schema(table)
        self._part = part
        self._number = place["part"] if place else 0
        self._held: list[Any] = []
        self._bytes = 0
        self._held_rows = 0
        self._rows = 0
        self._writer: Any = None
        self._sink = _Sink()

    def add(self, rows: Sequence[str]) -> Iterator[Piece]:
        if rows:
            yield from self.add_columns(columns_of(self._table, rows))

    def add_columns(self, columns: Columns) -> Iterator[Piece]:
        """The same for rows by column."""
        first, size = 0, len(columns.sizes)
        sums = list(accumulate(columns.sizes, initial=0))
        while first < size:
            end = first + GROUP - self._held_rows
            end = min(end, bisect_left(sums, sums[first] + GROUP_BYTES - self._bytes, first + 1, size))
            if self._part is not None:
                end = min(end, first + self._part - self._rows - self._held_rows)
            whole = self._part is not None and self._rows + self._held_rows + end - first == self._part
            self._held.append(columns.table.slice(first, end - first))
            self._held_rows += end - first
            self._bytes += sums[end] - sums[first]
            first = end
            if whole or self._held_rows == GROUP or self._bytes >= GROUP_BYTES:
                yield self._group()
            if whole:
                yield self._close()

    def end(self) -> Iterator[Piece]:
        if self._held:
            yield self._group()
        if self._writer is not None or self._number == 0:
            yield self._close()

    def place(self) -> Mapping[str, Any] | None:
        if self._held or self._writer is not None:
            return None
        return {"part": self._number}

    def _group(self) -> Piece:
        # in one piece: where pages of a column end does not depend on how its rows came
        table, rows = self._arrow.concat_tables(self._held).combine_chunks(), self._held_rows
        self._held, self._held_rows, self._bytes = [], 0, 0
        self._open().write_table(table, row_group_size=rows)
        self._rows += rows
        values = (table.column(name)[-1].as_py() for name in self._table.named_by)
        return self._piece(rows, "stream {} version {}".format(*values))

    def _close(self) -> Piece:
        self._open().close()
        piece = self._piece(0)
        self._writer, self._sink, self._rows = None, _Sink(), 0
        self._number += 1
        return piece

    def _piece(self, rows: int, last: str = "") -> Piece:
        file = f"{self._table.name}-{self._number:05}.parquet"
        return Piece(file, self._table.name, self._sink.taken(), rows, last)

    def _open(self) -> Any:
        if self._writer is None:
            self._writer = self._arrow.parquet.ParquetWriter(
                self._sink,
                self._schema,
                compression="zstd",
                compression_level=1,
                use_dictionary=[name for name in self._schema.names if name not in _DISTINCT],
                write_statistics=[name for name in self._schema.names if name not in _UNORDERED],
            )
        return self._writer
