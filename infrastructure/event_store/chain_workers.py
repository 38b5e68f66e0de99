"""Walks over the log in several processes: each takes the streams whose ids hash to it, all of them one snapshot."""

import os
import queue
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.queues import Queue
from typing import Any

import psycopg
from psycopg import Connection, IsolationLevel, sql

from infrastructure.event_store.chain_walk import COLUMNS, Walk
from infrastructure.postgres.pool import connection_options

_LOOK = 0.5
"""Seconds between two looks at whether a process is still there."""

_ROWS = sql.SQL("COPY (SELECT {} FROM domain_events WHERE {} ORDER BY id) TO STDOUT (FORMAT binary)")
# The server throws the streams of others away before it unpacks their payloads.
_SHARE = sql.SQL("{} AND (hashtext(aggregate_id) & 2147483647) % {} = {}")


class WorkerFailed(Exception):
    """A process that checked a part of the log has ended before it was done; the message says why."""


def rows_of(where: sql.Composable) -> sql.Composed:
    """The events that fulfil `where`, as a walk takes them."""
    return _ROWS.format(sql.SQL(COLUMNS), where)


def walked_by_several(
    url: str, connection: Connection[Any], where: sql.Composable, workers: int, tell: Callable[[int], None]
) -> Walk:
    """One walk over the events that fulfil `where`, put together from those of so many processes.

    They see what `connection` sees, whose transaction has to stay open. Raises WorkerFailed.
    """
    ((snapshot,),) = connection.execute("SELECT pg_export_snapshot()").fetchall()
    context = get_context("spawn")
    said: Queue[tuple[int, int, Walk | str | None]] = context.Queue()
    shares = [rows_of(_SHARE.format(where, workers, number)).as_string(connection) for number in range(workers)]
    processes = [
        context.Process(target=_walk, args=(said, number, url, snapshot, share), daemon=True)
        for number, share in enumerate(shares)
    ]
    for process in processes:
        process.start()
    try:
        done, walks = [0] * workers, dict[int, Walk]()
        while len(walks) < workers:
            try:
                number, events, found = said.get(timeout=_LOOK)
            except queue.Empty:
                for number, process in enumerate(processes):
                    if not process.is_alive() and number not in walks and said.empty():
                        raise WorkerFailed(f"A process that checked the log ended ({process.exitcode}).") from None
                continue
            done[number] = events
            tell(sum(done))
            if isinstance(found, str):
                raise WorkerFailed(found)
            if found is not None:
                walks[number] = found
        return _together([walks[number] for number in range(workers)])
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def _walk(said: "Queue[tuple[int, int, Walk | str | None]]", number: int, url: str, snapshot: str, share: str) -> None:
    """One process: its share of the streams, in the snapshot of the one that asked."""
    try:
        options = connection_options(url, "genesis-verify")
        parent = os.getppid()
        with psycopg.connect(url, **options) as connection:
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            walk = Walk()
            with connection.transaction():
                connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(snapshot))
                connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
                with connection.cursor().copy(share.encode()) as rows:
                    for events in walk.over(rows):
                        if os.getppid() != parent:
                            return
                        said.put((number, events, None))
        said.put((number, walk.events, walk))
    except psycopg.Error as error:
        said.put((number, 0, f"The log cannot be read: {type(error).__name__}."))


def _together(walks: list[Walk]) -> Walk:
    whole = Walk()
    for walk in walks:
        whole.events += walk.events
        whole.erased += walk.erased
        whole.heads |= walk.heads
        whole.loose += walk.loose
    for fault in sorted((fault for walk in walks for fault in walk.faults), key=lambda fault: fault.position or 0):
        whole.add(fault)
    whole.wrong = sum(walk.wrong for walk in walks)
    return whole
