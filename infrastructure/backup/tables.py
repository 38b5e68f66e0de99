"""Which tables a backup holds: all that no other table can be made from.

Left out are the read tables with their checkpoints, which are made anew from the log, and what is not logged, which is
of the moment.
"""

from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from psycopg import Connection, sql

from projections.registry import PROJECTIONS

_MADE_ANEW = frozenset(
    {"alembic_version", "projection_checkpoints", "projection_parked", "stream_heads"}
    # login roles are a server's, and another one does not have them
    | {"analytics_roles"}
    # before revision 0012 they lay beside the others
    | {table.name for projection in PROJECTIONS for table in projection.tables}
)
_FIRST_XID = "'3'::xid8"
"""The least id that a transaction can have: before all that any server has given or will give."""

_COLUMNS = b"""
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attidentity <> ''
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relpersistence = 'p'
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY c.relname, a.attnum
"""
_REFERENCES = b"""
SELECT c.relname, f.relname FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_class AS f ON f.oid = k.confrelid
WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
"""

# Where a consumer stands among the messages, once the order of commits has become the order of positions: before the
# first that it has not read, or at the end. What it reads twice then, it drops.
_STANDS_AT = """coalesce(
    (SELECT min(o.position) - 1 FROM public.event_outbox AS o
     WHERE o.status = 'SENT' AND (o.sent_tx, o.position) > (t.sent_tx, t.position)),
    (SELECT max(o.position) FROM public.event_outbox AS o WHERE o.status = 'SENT'), 0)"""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    identity: bool


def tables(connection: Connection[Any]) -> dict[str, tuple[Column, ...]]:
    """The tables of the connected database that belong into a backup, those first that others refer to."""
    found: dict[str, list[Column]] = {}
    for table, name, type_, identity in connection.execute(_COLUMNS):
        if table not in _MADE_ANEW:
            found.setdefault(table, []).append(Column(name, type_, identity))
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(found, ()))
    for table, other in connection.execute(_REFERENCES):
        if table in found and other in found and table != other:
            order.add(table, other)
    return {table: tuple(found[table]) for table in order.static_order()}


def selection(table: str, columns: tuple[Column, ...]) -> sql.Composed:
    """The rows of `table` as a backup holds them, without those of the archive, which is a table of its own.

    Transaction ids are the server's own and mean nothing on another one. Everything gets the least there is, so that
    positions alone order it, before all that will be written (docs/decisions/0020).
    """
    chosen = [_value(table, column) for column in columns]
    return sql.SQL("SELECT {} FROM ONLY public.{} AS t").format(sql.SQL(", ").join(chosen), sql.Identifier(table))


def _value(table: str, column: Column) -> sql.Composable:
    if (table, column.name) == ("bus_checkpoints", "position"):
        return sql.SQL(_STANDS_AT)
    name = sql.Identifier("t", column.name)
    if column.type == "xid8":
        return sql.SQL("CASE WHEN {} IS NOT NULL THEN " + _FIRST_XID + " END").format(name)
    return name
