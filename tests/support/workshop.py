"""The whole way of an event, on real servers, in one process: relay, callbacks with the sweep, and an executor."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from pydantic import SecretStr

from application.writers import Writer
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.session import Session
from flows.callbacks import service
from flows.callbacks.reconciler import Sweep
from flows.callbacks.service import PrefectCallbackService, build
from flows.execution import executor
from flows.prefect_server.client import Runs, prefect_runs
from infrastructure.bootstrap import Studio, studio
from infrastructure.observability.logging import redact
from infrastructure.processes import projector, relay
from infrastructure.settings import Settings
from tests.support.commands import Desk
from tests.support.ideas import PlainIdeaWriter
from tests.support.plain_chapters import PlainChapterWriter
from tests.support.plain_contents import PlainContentsWriter
from tests.support.writer import ScriptedWriter

SECONDS = 60.0


def settings_for(database_url: str, redis_url: str, prefect_url: str) -> Settings:
    return Settings(
        database_url=SecretStr(database_url),
        redis_url=SecretStr(redis_url),
        PREFECT_API_URL=prefect_url,
        sweep_seconds=0.5,
    )


@dataclass
class Part:
    """One process of the studio, as a task."""

    task: asyncio.Task[None]
    stop: asyncio.Event

    async def end(self) -> None:
        self.stop.set()
        await asyncio.wait_for(self.task, 60)


@dataclass
class Workshop:
    """`service` and `sweep` are for tests that play the callbacks process themselves, step by step."""

    made: Studio
    runs: Runs
    service: PrefectCallbackService
    sweep: Sweep
    writer: ScriptedWriter
    chapters: PlainChapterWriter = field(default_factory=PlainChapterWriter)
    contents: PlainContentsWriter = field(default_factory=PlainContentsWriter)
    ideas: PlainIdeaWriter = field(default_factory=PlainIdeaWriter)
    parts: dict[str, Part] = field(default_factory=dict)

    def start(self, *names: str, writer: Writer | None = None) -> None:
        bodies: dict[str, Callable[[Settings, asyncio.Event], Coroutine[Any, Any, None]]] = {
            "relay": relay.run,
            "projector": projector.run,
            "callbacks": service.run,
            "worker": lambda settings, stop: executor.run(
                settings,
                stop,
                writer=writer or self.writer,
                chapters=self.chapters,
                contents=self.contents,
                ideas=self.ideas,
            ),
        }
        for name in names:
            stop = asyncio.Event()
            self.parts[name] = Part(asyncio.create_task(bodies[name](self.made.settings, stop)), stop)

    async def end(self, *names: str) -> None:
        for name in names:
            await self.parts.pop(name).end()

    def desk(self) -> Desk:
        desk = Desk(self.made.store, hints=self.made.hints)
        desk.clock.now = self.made.clock()
        return desk

    async def session(self, desk: Desk) -> Session:
        session = await self.made.store.load(GENESIS_SESSION, desk.session_id)
        assert session is not None
        return session

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        async with self.made.pool.connection() as connection:
            return await (await connection.execute(query.encode(), values)).fetchall()

    async def nothing(self, query: str) -> bool:
        return not await self.rows(query)

    async def execute(self, statement: str) -> None:
        async with self.made.pool.connection() as connection:
            await connection.execute(statement.encode())

    async def execute_untriggered(self, statement: str) -> None:
        """Without the triggers that keep `updated_at`: how a test makes a row old."""
        async with self.made.pool.connection() as connection, connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(statement.encode())

    async def handles_become(self, session_id: UUID, expected: list[tuple[int, str]]) -> None:
        async def same() -> bool:
            return await self.handles(session_id) == expected

        try:
            await eventually(same)
        except AssertionError:
            assert await self.handles(session_id) == expected

    async def handles(self, session_id: UUID) -> list[tuple[int, str]]:
        """(turn, status) of every handle of the session, oldest first."""
        query = "SELECT turn, status::text FROM flow_resume_handles WHERE session_id = %s ORDER BY turn, created_at"
        return [(turn, status) for turn, status in await self.rows(query, session_id)]

    async def waits_for(self, session_id: UUID, turn: int, seconds: float = SECONDS) -> UUID:
        """Returns the run's id once Prefect has confirmed that it waits for `turn`."""
        query = "SELECT flow_run_id FROM flow_resume_handles WHERE session_id = %s AND turn = %s AND status = 'PAUSED'"
        found = await eventually(lambda: self.rows(query, session_id, turn), seconds)
        return UUID(str(found[0][0]))

    async def events(self, session_id: UUID) -> list[str]:
        query = "SELECT event_type FROM domain_events WHERE aggregate_id = %s ORDER BY aggregate_version"
        return [row[0] for row in await self.rows(query, str(session_id))]

    async def idle(self, desk: Desk) -> Session:
        """The session once its work has ended and its flow waits for the next turn."""

        async def no_work() -> Session | None:
            session = await self.session(desk)
            return None if session.pending else session

        session = await eventually(no_work)
        await self.waits_for(desk.session_id, session.turn + 1)
        return session


async def eventually(look: Callable[[], Coroutine[Any, Any, Any]], seconds: float = SECONDS) -> Any:
    """What `look` finds as soon as it finds anything."""
    deadline = time.monotonic() + seconds
    while not (found := await look()):
        assert time.monotonic() < deadline, f"nothing after {seconds} s"
        await asyncio.sleep(0.02)
    return found


@asynccontextmanager
async def workshop(settings: Settings) -> AsyncIterator[Workshop]:
    assert settings.prefect_api_url is not None
    # structlog's default shows the locals of every frame, which Prefect's models answer with deprecation warnings
    structlog.configure(processors=[structlog.stdlib.add_log_level, redact, structlog.processors.KeyValueRenderer()])
    async with studio(settings, application_name="tests") as made, prefect_runs(settings.prefect_api_url) as runs:
        service, sweep = build(made, runs)
        running = Workshop(made, runs, service, sweep, ScriptedWriter())
        try:
            yield running
        finally:
            await running.end(*running.parts)
