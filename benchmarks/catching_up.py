"""How fast the read side goes through the log: batch by batch, in long windows, and in a rebuild."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import AsyncConnection, sql

from benchmarks.floor import Row, figure, interleaved
from domain.genesis.commands import ConfirmStage, FinishGenesis, ProvideFeedback, StartGenesis
from domain.genesis.stages import STAGE_ORDER
from infrastructure.event_store import log_reader
from infrastructure.event_store.codec import CODEC
from infrastructure.read_side.rebuild import rebuild
from projections.genesis.session import GENESIS_SESSION
from projections.registry import PROJECTIONS
from tests.support.genesis import Story
from tests.support.reading import projecting

_COLUMNS = "event_id, event_type, event_version, aggregate_type, aggregate_id, aggregate_version, payload, payload_hash"
_NEVER = 10**12


def journey() -> Story:
    """A guided genesis from spark to novel, with two rounds of feedback in every stage."""
    story = Story()
    story.when(StartGenesis(seed="a lighthouse keeper and a bell"))
    for stage in STAGE_ORDER:
        story.proposals_arrive(3)
        for _ in range(2):
            story.when(ProvideFeedback(proposal_id=story.proposal_id(stage), text="darker, and more of the sea"))
            story.proposals_arrive()
        story.when(ConfirmStage(stage=stage, proposal_id=story.proposal_id(stage)))
    story.when(FinishGenesis())
    return story


def write_log(url: str, sessions: int, *, at_once: int = 1, older: bool = False) -> int:
    """That journey, made by so many sessions, some of them `at_once`; how many events that are.

    older: every event as one of the first version of its kind, as three in five then are older than the build's.
    """
    story = journey()
    encoded = [CODEC.encode(event) for event in story.events]
    novel = str(story.state.novel_id)
    with psycopg.connect(url) as connection:
        with connection.cursor().copy(f"COPY domain_events ({_COLUMNS}) FROM STDIN") as copy:
            for _ in range(0, sessions, at_once):
                group: list[tuple[UUID, str]] = [(uuid4(), str(uuid4())) for _ in range(at_once)]
                for version, event in enumerate(encoded, start=1):
                    for session, own in group:
                        payload = event.payload.replace(novel, own)
                        kind = (event.event_type, 1 if older else event.event_version, "genesis_session")
                        copy.write_row((uuid4(), *kind, str(session), version, payload, event.payload_hash))
        connection.execute("ANALYZE domain_events")
    return sessions * len(encoded)


async def read_only(url: str) -> None:
    """The floor: every event read and decoded, and nothing made of it."""
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        place = log_reader.Checkpoint()
        while (batch := await log_reader.read_next(connection, place, 500, GENESIS_SESSION.reads)).read:
            place = batch.end


async def begin_again(url: str) -> None:
    """As if nothing had been projected yet."""
    async with await AsyncConnection.connect(url) as connection:
        for projection in PROJECTIONS:
            for table in projection.tables:
                await connection.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(projection.schema, table.name)))
        await connection.execute("TRUNCATE stream_heads")
        await connection.execute("UPDATE projection_checkpoints SET tx_id = '0', position = 0, moves = 0, applied = 0")


async def project(url: str, *, far: int) -> None:
    async with projecting(url, far=far) as projector:
        await projector.catch_up()


async def build_anew(url: str) -> None:
    report = await rebuild(url, GENESIS_SESSION)
    assert report.comparison.equal


def rates(url: str, mixed: str, old: str, events: int, rounds: int) -> list[Row]:
    """`url`: a log of one session after the other; `mixed`: of many at once, which go on from window to window; `old`:
    of events of older versions."""
    own: list[float] = []

    def timed(work: Coroutine[Any, Any, None]) -> float:
        began, busy = time.perf_counter(), time.process_time()
        asyncio.run(work)
        own.append(events / (time.process_time() - busy))
        return events / (time.perf_counter() - began)

    def projected(database: str, far: int) -> float:
        asyncio.run(begin_again(database))
        return timed(project(database, far=far))

    def windows() -> float:
        rate = projected(url, 0)
        spent.append(own[-1])
        return rate

    spent: list[float] = []
    measured = interleaved(
        rounds,
        {
            "read": lambda: timed(read_only(url)),
            "batches": lambda: projected(url, _NEVER),
            "windows": windows,
            "rebuild": lambda: timed(build_anew(url)),
            "mixed": lambda: projected(mixed, 0),
            "old": lambda: projected(old, 0),
        },
        "events",
    )
    name = "catching up, all projections"
    return [
        measured.beside(f"{name}: batch by batch", "events/s", "batches", "read"),
        measured.beside(f"{name}: in windows", "events/s", "windows", "read"),
        measured.beside(f"{name}: in windows, beside batch by batch", "events/s", "windows", "batches", bar=">= 2"),
        figure(f"{name}: in windows, per second of the process's own time", sorted(spent)[rounds // 2], "events/s"),
        measured.beside(f"{name}: in windows, 200 sessions at once", "events/s", "mixed", "read"),
        measured.beside(f"{name}: in windows, events of older versions", "events/s", "old", "windows"),
        measured.beside("rebuild of genesis_session, compared and switched", "events/s", "rebuild", "read"),
    ]
