"""Tells how projections stand: place, lag, versions, parked streams, and whether log and checkpoints fit together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from infrastructure.event_store.log_reader import NEXT_RECORDED_AT, Checkpoint, lag
from infrastructure.operator_error import OperatorError
from infrastructure.read_side.table_switch import kept
from projections.engine.projection import Projection, schema_of
from projections.registry import PROJECTIONS, VERSIONS

# One statement, one snapshot: who sees a checkpoint sees its event as well, if there is one. Versions that are not in
# the search path are another build's.
_ALL = f"""
SELECT c.projection, c.version, c.tx_id::text, c.position, c.generation, c.built_at IS NOT NULL,
    format('read_%s_v%s', c.projection, c.version) = ANY(current_schemas(false)),
    CASE WHEN log_end.id IS NULL THEN c.position > 0 ELSE (c.tx_id, c.position) > (log_end.tx_id, log_end.id) END,
    log_end.tx_id >= pg_snapshot_xmax(pg_current_snapshot()),
    coalesce(extract(epoch FROM clock_timestamp() - ({NEXT_RECORDED_AT})), 0)::float8,
    parked.all_of_them, parked.newer
FROM projection_checkpoints AS c
CROSS JOIN LATERAL (
    SELECT count(*) AS all_of_them, count(*) FILTER (WHERE p.newer) AS newer FROM projection_parked AS p
    WHERE p.projection = c.projection AND p.version = c.version
) AS parked
LEFT JOIN (SELECT tx_id, id FROM domain_events ORDER BY domain_events.tx_id DESC, id DESC LIMIT 1) AS log_end ON true
ORDER BY c.projection, c.version
""".encode()  # noqa: S608  (constants)
_SIZE = """
SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relkind = 'r'
"""

RESTORED = (
    "The log holds transaction ids that this server has not given yet: it was restored from another one, and the read"
    " side would stand still"
)
MEND_RESTORED = "Stop the studio's processes, then `genesis doctor --mend restored-ids`."


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a version of a projection stands, as one look finds it.

    live: this build reads it. built: it has been at the log's end once. ahead: it stands behind the log's end, so what
    is written now would be passed over. restored: the log has transaction ids that are yet to come. age: seconds of
    the oldest event that it has not read. newer: of the parked streams, those that a newer build has written to.
    """

    projection: str
    version: int
    checkpoint: Checkpoint
    generation: int
    built: bool
    live: bool
    ahead: bool
    restored: bool
    age: float
    parked: int
    newer: int

    @property
    def misplaced(self) -> bool:
        return self.ahead or self.restored


@dataclass(frozen=True, slots=True)
class Status:
    """`lag`: events not yet applied. `size` in bytes. `kept`: the tables from before the last switch are there."""

    standing: Standing
    lag: int
    total: int
    size: int
    kept: bool

    @property
    def percent(self) -> int:
        """How much of the log has been read."""
        return 100 if not self.lag else min(99, 100 * (self.total - self.lag) // max(1, self.total))


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A parked stream as the database knows it."""

    projection: str
    stream_id: UUID
    position: int
    error: str
    since: datetime
    newer: bool


async def standings(connection: AsyncConnection[Any]) -> list[Standing]:
    """Every version that the database has, this build's and others'. The connection is one of this build's."""
    rows = await (await connection.execute(_ALL)).fetchall()
    return [
        Standing(name, version, Checkpoint(int(tx_id), position), *rest)
        for name, version, tx_id, position, *rest in ((*row[:8], bool(row[8]), *row[9:]) for row in rows)
    ]


async def checked(connection: AsyncConnection[Any], projections: Sequence[Projection]) -> dict[str, Standing]:
    """Where these stand, by name. Raises OperatorError when what is written from now on would never be read."""
    mine = {(projection.name, projection.version) for projection in projections}
    found = {one.projection: one for one in await standings(connection) if (one.projection, one.version) in mine}
    for one in found.values():
        if one.restored:
            raise OperatorError(f"{RESTORED}.", MEND_RESTORED)
        if one.ahead:
            raise OperatorError(f"{ahead(one)}.", rebuild_of(one))
    return found


def ahead(found: Standing) -> str:
    return (
        f"The projection {found.projection} stands at position {found.checkpoint.position}, which the log has not:"
        " the log is older than the read tables, and what is written now would be passed over"
    )


def rebuild_of(found: Standing) -> str:
    return f"`genesis projections rebuild {found.projection}` makes its tables anew from the log that there is."


@dataclass(frozen=True, slots=True)
class LogSize:
    """The log's newest position: an estimate of its size that costs nothing."""

    newest: int

    def percent(self, one: Standing) -> int:
        return min(99, 100 * one.checkpoint.position // max(1, self.newest))


async def events_until(connection: AsyncConnection[Any], asked: Sequence[Standing]) -> LogSize:
    """Asked of the database only while something is being built."""
    if all(one.built for one in asked):
        return LogSize(0)
    row = await (await connection.execute("SELECT coalesce(max(id), 0) FROM domain_events")).fetchone()
    return LogSize(int(row[0]) if row else 0)


async def all_status(connection: AsyncConnection[Any]) -> list[Status]:
    """Every version in the database, with what takes longer to find out."""
    row = await (await connection.execute("SELECT count(*) FROM domain_events")).fetchone()
    total = int(row[0]) if row else 0
    found = []
    for one in await standings(connection):
        size = await (await connection.execute(_SIZE, (schema_of(one.projection, one.version),))).fetchone()
        known = next((p for p in PROJECTIONS if (p.name, p.version) == (one.projection, one.version)), None)
        found.append(
            Status(
                standing=one,
                lag=await lag(connection, one.checkpoint),
                total=total,
                size=int(size[0]) if size else 0,
                kept=known is not None and await kept(connection, known) is not None,
            )
        )
    return found


async def findings(connection: AsyncConnection[Any]) -> list[tuple[str, bool | None, str, str]]:
    """For the doctor: (name, ok, what, remedy) of what lag and parked streams do not tell."""
    found: list[tuple[str, bool | None, str, str]] = []
    for one in await standings(connection):
        known = VERSIONS.get(one.projection)
        name = f"projection {one.projection}"
        if one.live and one.ahead and not one.restored:  # restored ids have a finding of their own
            found.append((name, False, ahead(one), rebuild_of(one)))
        elif one.live and one.newer:
            what = f"{one.newer} streams hold events of a newer build, and stand still"
            retry = f"Start that build's processes, then `genesis projections retry {one.projection}`."
            found.append((name, False, what, retry))
        elif one.live and not one.built:
            found.append((name, None, f"version {one.version} is being built", ""))
        elif known is not None and one.version > known:
            what = f"this build knows version {known}, the database has version {one.version} of a newer build"
            found.append((name, None, what, ""))
    return found


async def parked_streams(connection: AsyncConnection[Any], projection: Projection | None = None) -> list[ParkedRow]:
    """Oldest first, of one projection or of all of this build. What a rebuild has parked for itself is not shown."""
    asked = [projection] if projection else PROJECTIONS
    query = b"""
        SELECT projection, aggregate_id, position, error, created_at, newer FROM projection_parked
        WHERE (projection, version) IN (SELECT * FROM unnest(%s::text[], %s::int[])) ORDER BY position
    """
    parameters = ([one.name for one in asked], [one.version for one in asked])
    rows = await (await connection.execute(query, parameters)).fetchall()
    return [ParkedRow(name, UUID(stream), position, error, at, new) for name, stream, position, error, at, new in rows]
