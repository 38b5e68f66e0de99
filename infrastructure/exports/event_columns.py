"""The rows of the events' table by column, from what the server says of a stretch of the log: for Parquet."""

from collections.abc import Sequence
from typing import Any

from infrastructure.exports.columns import Columns, delimited, pyarrow, schema
from infrastructure.exports.payload_values import joined, values_by_column
from infrastructure.exports.tables import EVENTS, Table

_FIRST = EVENTS.place("account_id")
_LINES = Table("lines", EVENTS.columns[:_FIRST])
_PAYLOADS = Table("payloads", EVENTS.columns[-1:])


def event_columns(lines: str, owners: Sequence[str], payloads: str) -> Columns | None:
    """`lines`: each event's values up to `tx_id`; `owners`: `account_id`s, "" for none; `payloads`: JSON, a line each.

    None: not all payloads are as reading by column needs them; their rows have to be made one by one.
    """
    values = values_by_column(payloads)
    if values is None:
        return None
    arrow = pyarrow()
    compute = arrow.compute
    account, payload = arrow.array(owners, arrow.string()), delimited(_PAYLOADS, payloads).column(0)
    head = delimited(_LINES, lines)
    columns: list[Any] = [*head.columns, _or_null(account), *map(_or_null, values.values()), payload]
    whole = schema(EVENTS)
    table = arrow.table([column.cast(field.type) for column, field in zip(columns, whole, strict=True)], schema=whole)
    parts = (compute.utf8_length(part) for part in (account, joined(values), payload.combine_chunks()))
    sizes = arrow.array(list(map(len, lines.split("\n"))), arrow.int32())
    for part in parts:
        sizes = compute.add(compute.add(sizes, part), 1)  # with what stands between them
    return Columns(table, sizes.to_pylist())


def _or_null(column: Any) -> Any:
    """A value that is not there is "" in a row, and no value in a file."""
    arrow = pyarrow()
    if column.type != arrow.string():
        return column
    return arrow.compute.if_else(arrow.compute.equal(column, ""), arrow.scalar(None, arrow.string()), column)
