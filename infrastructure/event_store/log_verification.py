"""Verifies the log: every payload against its commitment, every event against its chain, every stream's end against
what else in the database has seen of it. Reads only, and one snapshot.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection, IsolationLevel, sql

from infrastructure.event_store.chain import FIRST
from infrastructure.event_store.chain_walk import Fault, Walk
from infrastructure.event_store.chain_workers import rows_of, walked_by_several
from infrastructure.event_store.log_witnesses import witnessed
from infrastructure.postgres.pool import connection_options

Tell = Callable[[int, int], None]
"""Told how many events are checked, of how many."""

_AT_ONCE = 5_000

# The last event before each of some, whether it is the one that should be there or not.
_BEFORE = b"""
SELECT asked.n, e.aggregate_version, e.chain
FROM unnest(%s::int[], %s::text[], %s::int[]) AS asked (n, stream, version)
CROSS JOIN LATERAL (
    SELECT aggregate_version, chain FROM domain_events
    WHERE aggregate_id = asked.stream AND aggregate_version < asked.version
    ORDER BY aggregate_version DESC LIMIT 1) AS e
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is verified: all, or one stream, from a position on, up to one, or so many events drawn at random."""

    stream: UUID | None = None
    first: int = 1
    last: int | None = None
    sample: int | None = None

    @property
    def whole(self) -> bool:
        """Whether the ends of streams are looked at, too."""
        return self.sample is None and self.last is None


@dataclass(frozen=True, slots=True)
class Report:
    """`erased`: events whose payload is erased and whose commitment stands. `wrong` counts all faults, `faults` lists
    the first of them. `position`: of the last event there was. `digest`: one hash of where every stream ended; None
    unless they were followed from their beginning.
    """

    events: int
    streams: int
    erased: int
    wrong: int
    position: int
    digest: str | None
    faults: Sequence[Fault] = field(default_factory=tuple)


def verify_log(
    url: str,
    scope: Scope | None = None,
    tell: Tell = lambda *_: None,
    *,
    seconds: float | None = None,
    workers: int = 1,
) -> Report:
    """What the log at `url` shows. `seconds`: what a question may take; past them it raises QueryCanceled. `workers`:
    processes that share the streams of the log, but for a sample and a single stream.

    Raises psycopg.Error, WorkerFailed.
    """
    with psycopg.connect(url, **connection_options(url, "genesis-verify")) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with connection.transaction():
            limit = sql.SQL("SET LOCAL statement_timeout = {}; SET LOCAL idle_in_transaction_session_timeout = 0")
            connection.execute(limit.format(round((seconds or 0) * 1000)))
            return _verified(url, connection, scope or Scope(), tell, workers)


def _verified(url: str, connection: Connection[Any], scope: Scope, tell: Tell, workers: int) -> Report:
    ((position,),) = connection.execute("SELECT coalesce(max(id), 0) FROM domain_events").fetchall()
    if scope.last is not None:
        position = min(position, scope.last)
    where = _conditions(scope, position)
    whole = scope.sample or _count(connection, where)
    if workers > 1 and scope.sample is None and scope.stream is None:
        walk = walked_by_several(url, connection, where, workers, lambda done: tell(done, whole))
    else:
        walk = Walk(apart=scope.sample is not None)
        with connection.cursor().copy(rows_of(where)) as rows:
            for done in walk.over(rows):
                tell(done, whole)
    for start in range(0, len(walk.loose), _AT_ONCE):
        _settle(connection, walk, start)
    if scope.whole:
        for fault in witnessed(connection, scope.stream, scope.first):
            walk.add(fault)
    complete = scope.sample is None and scope.first == 1
    return Report(
        walk.events,
        len(walk.heads),
        walk.erased,
        walk.wrong,
        position,
        walk.digest() if complete else None,
        tuple(walk.faults),
    )


def _conditions(scope: Scope, position: int) -> sql.Composable:
    found: list[sql.Composable] = [sql.SQL("id >= {} AND id <= {}").format(scope.first, position)]
    if scope.stream is not None:
        found.append(sql.SQL("aggregate_id = {}").format(str(scope.stream)))
    if scope.sample is not None:
        # Positions that were given and not used are drawn, too: the sample is then a little smaller. It is no secret:
        # any generator will do.
        drawn = {random.randint(scope.first, max(scope.first, position)) for _ in range(scope.sample)}  # noqa: S311
        found.append(sql.SQL("id = ANY({})").format(sorted(drawn)))
    return sql.SQL(" AND ").join(found)


def _count(connection: Connection[Any], where: sql.Composable) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM domain_events WHERE {}").format(where)).fetchone()
    return int(row[0]) if row else 0


def _settle(connection: Connection[Any], walk: Walk, start: int) -> None:
    """Check the chains of events whose stream was not followed from its beginning."""
    asked = walk.loose[start : start + _AT_ONCE]
    parameters = (
        list(range(len(asked))),
        [one.stream.decode("utf-8", "replace") for one in asked],
        [one.version for one in asked],
    )
    found = {n: (version, bytes(chain)) for n, version, chain in connection.execute(_BEFORE, parameters)}
    for n, loose in enumerate(asked):
        walk.settle(loose, *found.get(n, (0, FIRST)))
