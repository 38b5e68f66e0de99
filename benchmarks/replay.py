"""The past: how soon a state of long ago is answered over HTTP, beside the state of now, and a comparison of the two.

One session of so many events that a writer and an AI would make: generations asked for and answered, feedback, edits,
confirmations. It is asked for at random versions, at its end, and at random times. The API is a process of its own.
"""

import asyncio
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import quantiles
from uuid import UUID, uuid4, uuid5

import httpx
import psutil
import psycopg
from genesis_types.enums import CommandType, GenesisStage, Origin

from benchmarks.append import started
from benchmarks.floor import Row, figure, say, server, show
from benchmarks.http_commands import free_port, process, wait_for_port
from domain.genesis.events import (
    ContentEdited,
    Event,
    FeedbackGiven,
    GenerationRequested,
    ProposalsRecorded,
    StageConfirmed,
)
from domain.genesis.proposals import Proposal
from domain.genesis.stages import STAGE_ORDER
from infrastructure.bootstrap import utc_now
from infrastructure.event_store.codec import CODEC
from infrastructure.identity.authentication import Authentication
from infrastructure.postgres.pool import make_pool, opened
from tests.support.commands import CONTENTS
from tests.support.genesis import ANN
from tests.support.reading import projecting

_COLUMNS = "event_id, event_type, aggregate_type, aggregate_id, aggregate_version, payload, payload_hash"
SIZES = {500: "< 100", 20_000: "< 1000"}
"""Events of a session -> the bar of its replay's p95, in milliseconds."""


def long_session(events: int) -> list[Event]:
    """A session without an end, of exactly so many events; every content has about 1 kB."""
    made: list[Event] = [started(ANN).model_copy(update={"occurred_at": utc_now() - timedelta(days=31)})]
    turn = 0
    while len(made) < events:
        stage = STAGE_ORDER[turn % len(STAGE_ORDER)]
        turn += 1
        made += _round(stage, turn, utc_now() - timedelta(days=30) + timedelta(minutes=turn * 2))
    return made[:events]


def _round(stage: GenesisStage, turn: int, at: datetime) -> tuple[Event, ...]:
    """Two generations, the second after feedback; an edit; a confirmation."""
    first, second, edit = (_proposal(stage, turn, number, at) for number in range(3))
    return (
        _requested(stage, 2 * turn - 1, at),
        _recorded(stage, 2 * turn - 1, first, at),
        FeedbackGiven(occurred_at=at, stage=stage, feedback_id=uuid4(), proposal_id=first.id, text="darker, more sea"),
        _requested(stage, 2 * turn, at),
        _recorded(stage, 2 * turn, second, at),
        ContentEdited(occurred_at=at, stage=stage, proposal=edit),
        StageConfirmed(occurred_at=at, stage=stage, proposal_id=edit.id, content=edit.content, stale=()),
    )


def _proposal(stage: GenesisStage, turn: int, number: int, at: datetime) -> Proposal:
    content = {**CONTENTS[stage], "hook": f"The tide of day {turn} came in early that year. " * 16}
    return Proposal(
        id=uuid4(),
        stage=stage,
        version=turn,
        content=content,
        origin=(Origin.AI, Origin.HUMAN)[number // 2],
        created_at=at,
    )


def _requested(stage: GenesisStage, turn: int, at: datetime) -> GenerationRequested:
    return GenerationRequested(
        occurred_at=at,
        correlation_id=uuid5(ANN, str(turn)),
        command_id=uuid4(),
        command_type=CommandType.GENERATE_INSPIRATION,
        stage=stage,
        kind="inspiration",
        count=1,
        turn=turn,
        deadline_at=at + timedelta(minutes=10),
    )


def _recorded(stage: GenesisStage, turn: int, proposal: Proposal, at: datetime) -> ProposalsRecorded:
    return ProposalsRecorded(
        occurred_at=at,
        correlation_id=uuid5(ANN, str(turn)),
        stage=stage,
        proposals=(proposal,),
        writer="muse",
        model="muse",
        prompt_version="1",
        usage={},
        cost_usd=0.0,
        price_source=None,
    )


def write(url: str, user_id: UUID, events: list[Event]) -> UUID:
    session_id = uuid4()
    with psycopg.connect(url) as connection:
        with connection.cursor().copy(f"COPY domain_events ({_COLUMNS}) FROM STDIN") as copy:
            for version, event in enumerate(events, start=1):
                encoded = CODEC.encode(event)
                payload = encoded.payload.replace(str(ANN), str(user_id))
                row = (uuid4(), encoded.event_type, "genesis_session", str(session_id), version, payload)
                copy.write_row((*row, encoded.payload_hash))
        connection.execute("ANALYZE domain_events")
    return session_id


def run(quick: bool) -> list[Row]:
    rounds = 20 if quick else 100
    rows: list[Row] = []
    with server() as cluster, cluster.database() as url:
        port = free_port()
        user_id, token = asyncio.run(_account(url))
        environment = {
            "GENESIS_DATABASE_URL": url,
            "GENESIS_PORT": str(port),
            "GENESIS_LOG_LEVEL": "ERROR",
            "GENESIS_LIMIT_LOOK_BACKS": "off",
        }
        sessions = {}
        for size in SIZES:
            say(f"{size} events")
            events = long_session(size)
            sessions[size] = (write(url, user_id, events), [event.occurred_at for event in events])
        asyncio.run(_project(url))
        with process("api", environment) as api:
            wait_for_port(port)
            measured = psutil.Process(api.pid)
            headers = {"Authorization": f"Bearer {token}"}
            with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1/genesis", headers=headers, timeout=60) as http:
                for size, (session_id, times) in sessions.items():
                    say(f"asked for moments of {size}")
                    rows += _asked(http, measured, session_id, times, rounds=rounds if size < 1_000 else rounds // 4)
    return rows


def _asked(
    http: httpx.Client, api: psutil.Process, session_id: UUID, times: list[datetime], *, rounds: int
) -> list[Row]:
    size = len(times)
    chance = random.Random(1)
    own: list[float] = []

    def p95(path: str, parameters: Callable[[], dict[str, object]]) -> float:
        took = []
        for turn in range(rounds + 1):
            asked, busy = parameters(), sum(api.cpu_times()[:2])
            began = time.perf_counter()
            answer = http.get(f"/{session_id}/{path}", params=asked)
            if turn > 0:
                took.append((time.perf_counter() - began) * 1_000)
                own.append((sum(api.cpu_times()[:2]) - busy) * 1_000)
            assert answer.status_code == 200, answer.text
        return quantiles(took, n=20, method="inclusive")[-1]

    def both(name: str, path: str, parameters: Callable[[], dict[str, object]], bar: str = "") -> list[Row]:
        own.clear()
        name = f"{size:,} events: {name}"
        wall = figure(f"{name}, p95", p95(path, parameters), "ms", bar=bar)
        return [wall, figure(f"{name}, the API's own time", sum(own) / len(own), "ms of a core")]

    bar, half = SIZES[size], {"from": size // 2, "to": size}
    return [
        figure(f"{size:,} events: the state's body", len(http.get(f"/{session_id}/state").content) / 1_000, "kB"),
        *both("GET state", "state", dict),
        *both("replay of the last version", "replay", lambda: {"at_version": size}, bar),
        *both("replay of any version", "replay", lambda: {"at_version": chance.randint(1, size)}, bar),
        *both("replay of any time", "replay", lambda: {"at": chance.choice(times).isoformat()}, bar),
        *both("differences of half-way and the end", "diff", lambda: half),
    ]


async def _account(url: str) -> tuple[UUID, str]:
    async with opened(make_pool(url, "bench")) as pool:
        accounts = Authentication(pool, utc_now)
        owner = await accounts.ensure_owner()
        return owner.id, await accounts.issue_bearer(owner.id, "bench")


async def _project(url: str) -> None:
    async with projecting(url) as projector:
        await projector.catch_up()


if __name__ == "__main__":
    show("The past", run(quick=True))
