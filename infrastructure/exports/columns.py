"""Rows of an export by column, as pyarrow holds them: what never becomes a text for each row costs a fraction of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infrastructure.exports.tables import SEPARATOR, Table
from infrastructure.operator_error import OperatorError

_KINDS = {"integer": "int64", "number": "float64", "time": "int64", "boolean": "bool_"}


def pyarrow() -> Any:
    """The library, with what is used of it. Raises OperatorError where it is not installed."""
    try:
        import pyarrow  # noqa: PLC0415
        import pyarrow.compute  # noqa: PLC0415
        import pyarrow.csv  # noqa: PLC0415
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        raise OperatorError(
            "Parquet needs pyarrow, which is not installed here.",
            "`.venv/bin/python -m pip install pyarrow duckdb` adds it (100 MB); jsonl and csv need nothing.",
        ) from None
    return pyarrow


@dataclass(frozen=True, slots=True)
class Columns:
    """A pyarrow table in the schema of an export's table. `sizes`: characters that each row has as one text, by which
    files are cut: they do not depend on how a row was made."""

    table: Any
    sizes: Sequence[int]

    def value(self, row: int, column: str) -> Any:
        return self.table.column(column)[row].as_py()

    def counts(self, *columns: str) -> Mapping[str, int]:
        """Their values joined by `/` -> how many rows have them."""
        arrow = pyarrow()
        texts = [self.table.column(column).cast(arrow.string()) for column in columns]
        found = arrow.compute.binary_join_element_wise(*texts, "/").value_counts()
        return {one["values"]: one["counts"] for one in found.to_pylist()}


Rows = Sequence[str] | Columns
"""Rows as texts (see tables.py), or by column."""


def schema(table: Table) -> Any:
    """The pyarrow schema of `table`: times are microseconds, UTC."""
    arrow = pyarrow()
    time = arrow.timestamp("us", "UTC")
    return arrow.schema(
        [
            (column.name, time if column.kind == "time" else getattr(arrow, _KINDS.get(column.kind, "string"))())
            for column in table.columns
        ]
    )


def columns_of(table: Table, rows: Sequence[str]) -> Columns:
    """Rows as texts, by column."""
    return Columns(delimited(table, "\n".join(rows)), list(map(len, rows)))


def delimited(table: Table, text: str) -> Any:
    """The pyarrow table of lines of text. The library's reader of delimited text is many times faster than Python."""
    arrow = pyarrow()
    whole, data = schema(table), text.encode()
    stored = {
        column.name: getattr(arrow, _KINDS.get(column.kind, "string"))() for column in table.columns
    }  # times come as numbers
    read = arrow.csv.read_csv(
        arrow.BufferReader(data),
        read_options=arrow.csv.ReadOptions(column_names=list(stored), use_threads=False, block_size=len(data) + 1),
        parse_options=arrow.csv.ParseOptions(
            delimiter=SEPARATOR,
            quote_char=False,
            double_quote=False,
            escape_char=False,
            newlines_in_values=False,
            ignore_empty_lines=False,
        ),
        convert_options=arrow.csv.ConvertOptions(
            column_types=stored,
            null_values=[""],
            strings_can_be_null=True,
            true_values=["true"],
            false_values=["false"],
        ),
    )
    return read.cast(whole)
