"""The append: our store beside the library's default recorder and beside the same statement under pgbench."""

import asyncio
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from itertools import count
from uuid import UUID, uuid4

import uvloop
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from genesis_types.enums import CommandStatus, GenesisMode, GenesisStage, Origin
from psycopg.conninfo import conninfo_to_dict
from pydantic import JsonValue

from application.handle_command import CommandHandler
from application.ports import Append, InboxRow, StreamAppend
from benchmarks.floor import Row, configure, interleaved, pgbench, server, show
from domain.aggregate import Command
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import NavigateToStage, StartGenesis
from domain.genesis.events import ContentEdited, Event, GenesisStarted, StageEntered
from domain.genesis.proposals import Proposal
from domain.genesis.session import fold
from infrastructure.bootstrap import utc_now
from infrastructure.event_store.append import AppendRows, StreamRows, statement
from infrastructure.event_store.codec import CODEC
from infrastructure.event_store.eventsourcing_application import EventLog
from infrastructure.event_store.eventsourcing_recorder import GenesisRecorder, pack
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool, make_pool, opened
from tests.support.commands import CONTENTS

CLIENTS = 8
TOPIC = "genesis.events"
STAGES = (GenesisStage.WORLDVIEW, GenesisStage.CHARACTERS)


def edited() -> Event:
    """A writer's own hand on a concept: about 1 kB of payload."""
    content = {**CONTENTS[GenesisStage.CONCEPT_SELECTION], "hook": "The tide came in early that year. " * 16}
    proposal = Proposal(
        id=uuid4(),
        stage=GenesisStage.CONCEPT_SELECTION,
        version=1,
        content=content,
        origin=Origin.HUMAN,
        created_at=utc_now(),
    )
    return ContentEdited(occurred_at=utc_now(), stage=GenesisStage.CONCEPT_SELECTION, proposal=proposal)


def started(user_id: UUID) -> GenesisStarted:
    return GenesisStarted(
        occurred_at=utc_now(),
        user_id=user_id,
        mode=GenesisMode.FREE_FORM,
        title="",
        seed="a spark",
        genre="",
        audience="",
        language="en",
        first_stage=GenesisStage.CONCEPT_SELECTION,
        expires_at=utc_now(),
    )


def inbox_row(session_id: UUID) -> InboxRow:
    own = str(session_id)
    response: dict[str, JsonValue] = {
        "command_id": own,
        "session_id": own,
        "status": "COMPLETED",
        "version": 1,
        "result": {},
    }
    return InboxRow(uuid4(), session_id, session_id, "EDIT_CONTENT", "0" * 64, CommandStatus.COMPLETED, response)


class Ours:
    """The asynchronous store in one process, on the event loop that the API runs on."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._stack = AsyncExitStack()
        self._pool: Pool = self._runner.run(self._open())
        self.store = PostgresEventStore(self._pool, TOPIC)
        self.commands = CommandHandler(self.store, utc_now)

    async def _open(self) -> Pool:
        return await self._stack.enter_async_context(opened(make_pool(self._url, "bench", min_size=10)))

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    def rate(self, client: Callable[[], Awaitable[Callable[[], Awaitable[object]]]], seconds: float, n: int) -> float:
        """Operations per second of `n` clients; `client` prepares one and gives what it does again and again."""
        return self._runner.run(self._rate(client, seconds, n))

    async def _rate(
        self, client: Callable[[], Awaitable[Callable[[], Awaitable[object]]]], seconds: float, n: int
    ) -> float:
        operations = [await client() for _ in range(n)]
        done = 0
        began = time.perf_counter()

        async def work(operation: Callable[[], Awaitable[object]]) -> None:
            nonlocal done
            while time.perf_counter() - began < seconds:
                await operation()
                done += 1

        await asyncio.gather(*(work(operation) for operation in operations))
        return done / (time.perf_counter() - began)

    async def appender(self) -> Callable[[], Awaitable[object]]:
        session_id = uuid4()
        state = fold(session_id, (started(session_id),))
        assert state is not None
        versions = count()
        event = edited()

        async def append() -> None:
            row = inbox_row(session_id)
            version = next(versions)
            stream = StreamAppend(GENESIS_SESSION, session_id, version, (event,), state)
            await self.store.append(Append((row,), (stream,), row.command_id, row.command_id))

        return append

    async def commander(self) -> Callable[[], Awaitable[object]]:
        user_id, session_id = uuid4(), uuid4()
        await self._do(Command(uuid4(), session_id, user_id, StartGenesis(mode=GenesisMode.FREE_FORM)))
        turns = count()

        async def command() -> None:
            body = NavigateToStage(stage=STAGES[next(turns) % 2])
            await self._do(Command(uuid4(), session_id, user_id, body))

        return command

    async def _do(self, command: Command) -> None:
        await self.commands.handle(command)


def threads(operation: Callable[[], Callable[[], object]], seconds: float, n: int) -> float:
    """Operations per second of `n` threads."""
    operations = [operation() for _ in range(n)]
    done = [0] * n
    began = time.perf_counter()

    def work(index: int) -> None:
        while time.perf_counter() - began < seconds:
            operations[index]()
            done[index] += 1

    workers = [threading.Thread(target=work, args=(index,)) for index in range(n)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(done) / (time.perf_counter() - began)


def library_client(recorder: PostgresApplicationRecorder) -> Callable[[], Callable[[], object]]:
    """One event per call into a stream of its own, the payload the same bytes as ours."""
    encoded = CODEC.encode(edited())
    state = pack(encoded)

    def client() -> Callable[[], object]:
        stream, versions = str(uuid4()), count(1)
        return lambda: recorder.insert_events([StoredEvent(stream, next(versions), encoded.event_type, state)])

    return client


def library_default(url: str) -> PostgresDatastore:
    given = conninfo_to_dict(url)
    return PostgresDatastore(
        str(given["dbname"]),
        str(given["host"]),
        str(given.get("port", 5432)),
        str(given["user"]),
        "",
        pool_size=CLIENTS,
        originator_id_type="text",
    )


def script(event: Event) -> tuple[str, dict[str, str]]:
    """Our statement for pgbench: each client has a stream of its own that grows; ids are numbered instead of random."""
    rows = AppendRows(
        inbox=[inbox_row(UUID(int=1))],
        streams=[StreamRows("genesis_session", "/genesis/sessions", "", 0, [(UUID(int=1), CODEC.encode(event))])],
        metadata='{"command_type": "EDIT_CONTENT"}',
        correlation_id=UUID(int=1),
    )
    query, parameters = statement([rows], TOPIC)
    number = "lpad(:n::text, 12, '0')"
    stream = "('{' || :stream || lpad(:client_id::text, 12, '0') || '}')"
    command, identity = f"('{{' || :command || {number} || '}}')", f"('{{' || :event || {number} || '}}')"
    own = {
        2: stream,
        3: "('{' || :v - 1 || '}')",
        5: command,
        6: stream,
        14: command,
        15: identity,
        19: stream,
        20: "('{' || :v || '}')",
        25: command,
    }
    for index in range(len(parameters), 0, -1):
        query = query.replace(f"${index}::", f"{own.get(index, f':p{index}')}::")
    query = query.replace("HH24:MI:SS", "HH24-MI-SS")  # pgbench would take :MI for a variable
    setup = "\\set v :v + 1\n\\set n :client_id * 1000000000 + :v\n"
    variables = {f"p{index}": str(value) for index, value in enumerate(parameters, 1) if index not in own}
    return setup + " ".join(query.split()) + ";\n", variables


def statement_rate(url: str, event: Event, seconds: float, clients: int) -> float:
    text, variables = script(event)
    prefixes = {name: str(uuid4())[:24] for name in ("stream", "command", "event")}
    return pgbench(url, text, clients=clients, seconds=seconds, variables={**variables, **prefixes, "v": "-1"})


def appends(url: str, label: str, bars: tuple[str, str], rounds: int, seconds: float) -> list[Row]:
    """Our append, asynchronous and synchronous, beside the library's default recorder and pgbench."""
    ours, default, log = Ours(url), library_default(url), EventLog(url)
    recorder = PostgresApplicationRecorder(default, events_table_name="stored_events")
    recorder.create_table()
    assert isinstance(log.recorder, GenesisRecorder)
    sync, event = log.recorder, edited()
    rates = interleaved(
        rounds,
        {
            "ours": lambda: ours.rate(ours.appender, seconds, CLIENTS),
            "library": lambda: threads(library_client(recorder), seconds, CLIENTS),
            "sync": lambda: threads(library_client(sync), seconds, CLIENTS),
            "pgbench": lambda: statement_rate(url, event, seconds, CLIENTS),
        },
        f"{CLIENTS} at once{label}",
    )
    ours.close()
    default.close()
    log.close()
    name = f"append, {CLIENTS} at once{label}"
    return [
        rates.beside(f"{name}: beside the library's recorder", "/s", "ours", "library", bar=bars[0]),
        rates.beside(f"{name}: beside the statement in pgbench", "/s", "ours", "pgbench", bar=bars[1]),
        rates.beside(f"{name}: our synchronous recorder", "/s", "sync", "library"),
    ]


def commands(url: str, rounds: int, seconds: float) -> list[Row]:
    """The way of a command without HTTP: cached state, decide, append; beside the same statement in pgbench."""
    ours = Ours(url)
    event = StageEntered(occurred_at=utc_now(), stage=STAGES[0])
    rows = []
    for clients in (8, 32):
        contenders = {
            "ours": partial(ours.rate, ours.commander, seconds, clients),
            "pgbench": partial(statement_rate, url, event, seconds, clients),
        }
        rates = interleaved(rounds, contenders, f"commands without HTTP, {clients} at once")
        rows.append(rates.beside(f"command without HTTP, {clients} at once", "/s", "ours", "pgbench"))
    ours.close()
    return rows


def run(quick: bool) -> list[Row]:
    rounds, seconds = (3, 2.0) if quick else (5, 2.0)
    with server() as cluster, cluster.database() as url:
        rows = appends(url, "", (">= 2.5", ">= 0.55"), rounds, seconds)
        configure(cluster, commit_delay=2000, commit_siblings=0)
        rows += appends(url, ", 2 ms flush", (">= 6", ">= 0.85"), rounds, seconds)
        configure(cluster, commit_delay=0, commit_siblings=5)
        rows += commands(url, rounds, seconds)
    return rows


if __name__ == "__main__":
    show("Append", run(quick="--quick" in sys.argv))
