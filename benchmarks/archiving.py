"""The archive: what the log's hot table weighs without old sessions, how fast they move, and what live reads take.

Two databases of the same size, of which one has nine tenths of its sessions in the archive; live reads of both in turn.
"""

import asyncio
import sys
import time
from itertools import islice
from uuid import UUID

import psycopg
from psycopg import AsyncConnection

from benchmarks.floor import Row, figure, interleaved, say, server, show
from benchmarks.integrity import write_log
from domain.genesis.aggregate import GENESIS_SESSION
from infrastructure.event_store import log_reader
from infrastructure.event_store.archive import put_away
from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.event_store.log_verification import verify_log
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import connection_options, make_pool, opened
from projections.engine.stream_heads import StreamHeads
from projections.genesis.session import GENESIS_SESSION as SESSIONS

_STREAMS = b"SELECT DISTINCT aggregate_id FROM domain_events ORDER BY 1"
_SIZE = b"SELECT pg_total_relation_size('domain_events') / 1e6"
_LATEST = b"SELECT tx_id::text, id FROM domain_events ORDER BY tx_id DESC, id DESC OFFSET 500 LIMIT 1"
_KEPT = 10
"""Of so many sessions one stays in the log."""


def streams(url: str) -> list[UUID]:
    with psycopg.connect(url) as connection:
        return [UUID(stream) for (stream,) in connection.execute(_STREAMS)]


def megabytes(url: str, *, packed: bool) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(b"VACUUM FULL ANALYZE domain_events" if packed else b"VACUUM ANALYZE domain_events")
        row = connection.execute(_SIZE).fetchone()
    assert row is not None
    return float(row[0])


async def _moved(url: str, old: list[UUID]) -> float:
    options = connection_options(url, "benchmark")
    async with await AsyncConnection.connect(url, **options) as connection:
        began = time.perf_counter()
        events = sum([await put_away(connection, stream) for stream in old])
        return events / (time.perf_counter() - began)


async def _states(url: str, live: list[UUID]) -> float:
    """Loads of a live session's state, as a command makes one, in a second."""
    async with opened(make_pool(url, "benchmark", min_size=1, max_size=1)) as pool:
        store = PostgresEventStore(pool, "genesis.events")
        began = time.perf_counter()
        for stream in live:
            await store.load(GENESIS_SESSION, stream)
        return len(live) / (time.perf_counter() - began)


async def _tails(url: str, reads: int) -> float:
    """Reads of the last 500 events, as a projector makes one, in a second."""
    async with await AsyncConnection.connect(url, **connection_options(url, "benchmark")) as connection:
        row = await (await connection.execute(_LATEST)).fetchone()
        assert row is not None
        after = Checkpoint(int(row[0]), row[1])
        began = time.perf_counter()
        for _ in range(reads):
            batch = await log_reader.read_next(connection, after, 500, SESSIONS.reads)
            assert batch.read
        return reads / (time.perf_counter() - began)


async def _looks(url: str, live: list[UUID]) -> float:
    """Looks whether the read side has passed the log's end, as each wait for a version makes one, in a second."""
    async with opened(make_pool(url, "benchmark", min_size=1, max_size=1)) as pool:
        heads = StreamHeads(pool, {SESSIONS.name: SESSIONS.version})
        began = time.perf_counter()
        for stream in live:
            await heads.look(SESSIONS.name, stream, stream)
        return len(live) / (time.perf_counter() - began)


def run(quick: bool = False) -> list[Row]:
    sessions = 200 if quick else 1_000
    with server() as cluster, cluster.database() as whole, cluster.database() as lean:
        say("writing two logs")
        events = write_log(whole, sessions)
        write_log(lean, sessions)
        before = megabytes(lean, packed=True)
        digest = verify_log(lean).digest
        own = {url: streams(url) for url in (whole, lean)}
        live = {url: list(islice(found, 0, None, _KEPT)) for url, found in own.items()}
        say("archiving")
        speed = asyncio.run(_moved(lean, sorted(set(own[lean]) - set(live[lean]))))
        assert verify_log(lean).digest == digest, "archiving has changed the log"
        reused, after = megabytes(lean, packed=False), megabytes(lean, packed=True)
        asyncio.run(_tails(whole, 5))
        asyncio.run(_tails(lean, 5))
        rounds, reads = (2, 20) if quick else (4, 50)
        measured = {
            "states": interleaved(
                rounds,
                {
                    "before": lambda: asyncio.run(_states(whole, live[whole])),
                    "after": lambda: asyncio.run(_states(lean, live[lean])),
                },
                "states",
            ),
            "tails": interleaved(
                rounds,
                {
                    "before": lambda: asyncio.run(_tails(whole, reads)),
                    "after": lambda: asyncio.run(_tails(lean, reads)),
                },
                "tails",
            ),
            "looks": interleaved(
                rounds,
                {
                    "before": lambda: asyncio.run(_looks(whole, live[whole])),
                    "after": lambda: asyncio.run(_looks(lean, live[lean])),
                },
                "looks",
            ),
        }
    return [
        figure(f"hot table of {events:,} events, nine tenths of the sessions archived", after, "MB", floor=before),
        figure("the same before it is packed: room that new events take first", reused, "MB", floor=before),
        figure("events moved to the archive, proved before and after", speed, "events/s"),
        measured["states"].beside("states of live sessions loaded", "loads/s", "after", "before"),
        measured["tails"].beside("last 500 events read by a projector", "reads/s", "after", "before"),
        measured["looks"].beside("looks at the log's end", "looks/s", "after", "before"),
    ]


if __name__ == "__main__":
    show("Archive", run("--quick" in sys.argv))
