"""Live tables against rebuilt ones, row by row, in one snapshot. Wall-clock columns do not count."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, IsolationLevel, sql

from infrastructure.read_side.batch import standing
from infrastructure.read_side.shadow_tables import Shadow
from infrastructure.read_side.table_switch import columns as columns_of
from infrastructure.read_side.unapplied import Unapplied
from projections.engine.projection import Table

WALL_CLOCK = ("created_at", "updated_at")
SAMPLES = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that is not the same on both sides; `what` names the columns, or the side where it is missing."""

    table: str
    key: tuple[str, ...]
    what: str


@dataclass(slots=True)
class Comparison:
    """rows: how many were compared. differences: how many are not the same, with some of them as samples.

    skipped: streams that are parked, or moved while they were compared. columns: those that one side only has.
    left_out: tables whose rows come from several streams, and could not be compared because some of them moved.
    unapplied: events that the rebuilt tables do not hold.
    """

    rows: int = 0
    differences: int = 0
    samples: list[Difference] = field(default_factory=list)
    skipped: set[UUID] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    unapplied: Unapplied = field(default_factory=Unapplied)

    @property
    def equal(self) -> bool:
        return self.differences == 0


async def compare(
    connection: AsyncConnection[Any],
    shadow: Shadow,
    only: Sequence[UUID] | None = None,
    mixed: Collection[str] | None = None,
) -> Comparison:
    """Compare `only` these streams, or all, and of the tables that mix streams only `mixed`, or all.

    The connection must be idle; nothing is written.
    """
    found = Comparison()
    level = connection.isolation_level
    await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    try:
        async with connection.transaction():
            found.skipped = await _incomparable(connection, shadow)
            for table in shadow.projection.tables:
                if table.stream is None and mixed is not None and table.name not in mixed:
                    continue
                if table.stream is None and found.skipped:
                    found.left_out.add(table.name)  # which of its rows the moving streams have touched, no row says
                    continue
                await _compare_table(connection, shadow, table, found, only)
    finally:
        await connection.set_isolation_level(level)
    return found


async def _incomparable(connection: AsyncConnection[Any], shadow: Shadow) -> set[UUID]:
    """Streams with events between the two positions, and those that are parked on either side."""
    live = (await standing(connection, shadow.projection)).checkpoint
    low, high = min(live, shadow.position), max(live, shadow.position)
    query = b"""
        SELECT DISTINCT aggregate_id FROM domain_events
        WHERE (tx_id, id) > (%s::text::xid8, %s) AND (tx_id, id) <= (%s::text::xid8, %s)
        UNION SELECT aggregate_id FROM projection_parked WHERE projection = ANY(%s) AND version = %s
    """
    parameters = (
        str(low.tx_id),
        low.position,
        str(high.tx_id),
        high.position,
        [shadow.projection.name, shadow.parking],
        shadow.projection.version,
    )
    return {UUID(row[0]) for row in await (await connection.execute(query, parameters)).fetchall()}


async def _compare_table(
    connection: AsyncConnection[Any], shadow: Shadow, table: Table, found: Comparison, only: Sequence[UUID] | None
) -> None:
    live = list(await columns_of(connection, shadow.projection.schema, table.name))
    new = await columns_of(connection, shadow.schema, table.name)
    found.columns |= {f"{table.name}.{column}" for column in set(live) ^ set(new)}
    common = [column for column in live if column in new and column not in WALL_CLOCK]
    sides = _sides(shadow, table, common)
    parameters = {"skipped": list(found.skipped), "only": None if only is None else list(only)}
    row = await (await connection.execute(_unlike(sides, common), parameters, prepare=False)).fetchone()
    assert row is not None
    found.rows += row[0]
    if row[1] == 0:
        return
    row = await (await connection.execute(_named(table, sides, common), parameters, prepare=False)).fetchone()
    assert row is not None
    found.differences += row[0]
    pairs = zip(row[1] or [], row[2] or [], strict=True)
    found.samples += [Difference(table.name, tuple(key), what) for key, what in pairs][: SAMPLES - len(found.samples)]


def _sides(shadow: Shadow, table: Table, common: Sequence[str]) -> sql.Composed:
    """The live rows beside the rebuilt ones."""
    return sql.SQL(
        "(SELECT {columns} FROM {live} WHERE {which}) l"
        " FULL JOIN (SELECT {columns} FROM {new} WHERE {which}) s USING ({keys})"
    ).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, common)),
        live=sql.Identifier(shadow.projection.schema, table.name),
        new=sql.Identifier(shadow.schema, table.name),
        which=_which(table),
        keys=sql.SQL(", ").join(sql.Identifier(column) for column, _ in table.key),
    )


def _unlike(sides: sql.Composed, common: Sequence[str]) -> sql.Composed:
    """How many rows, and how many of them are not the same byte by byte: most often none, and that is told fast."""
    live, new = (sql.SQL(", ").join(sql.Identifier(side, column) for column in common) for side in ("l", "s"))
    return sql.SQL("SELECT count(*), count(*) FILTER (WHERE NOT record_image_eq(ROW({}), ROW({}))) FROM {}").format(
        live, new, sides
    )


def _named(table: Table, sides: sql.Composed, common: Sequence[str]) -> sql.Composed:
    """How many rows say something else, and which columns of some of them."""
    keys = [sql.Identifier(column) for column, _ in table.key]
    changed = sql.SQL(", ").join(
        sql.SQL("CASE WHEN l.{0} IS DISTINCT FROM s.{0} THEN {1} END").format(
            sql.Identifier(column), sql.Literal(column)
        )
        for column in common
    )
    return sql.SQL(
        "WITH compared AS ("
        " SELECT ARRAY[{key_texts}] AS key, CASE WHEN l.{first} IS NULL THEN 'not in the live table'"
        " WHEN s.{first} IS NULL THEN 'only in the live table'"
        " ELSE array_to_string(ARRAY[{changed}], ', ') END AS what FROM {sides})"
        " SELECT count(*), (array_agg(key ORDER BY key))[1:{samples}],"
        " (array_agg(what ORDER BY key))[1:{samples}] FROM compared WHERE what <> ''"
    ).format(
        key_texts=sql.SQL(", ").join(sql.SQL("{}::text").format(key) for key in keys),
        first=keys[0],
        changed=changed,
        sides=sides,
        samples=sql.Literal(SAMPLES),
    )


def _which(table: Table) -> sql.Composable:
    if table.stream is None:
        return sql.SQL("true")
    return sql.SQL("{0} <> ALL(%(skipped)s) AND (%(only)s::uuid[] IS NULL OR {0} = ANY(%(only)s))").format(
        sql.Identifier(table.stream)
    )
