"""The connection to PostgreSQL breaks at one statement of a wait's way, before it is done or when its answer is due.

Whoever sent it cannot know which. Either way the decision takes effect once, and the flow waits for the next one.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import psycopg
import pytest
from genesis_types.enums import GenesisMode, GenesisStage

import flows.execution.executor
import flows.workflow.context
from domain.genesis.commands import GenerateInspiration
from flows.execution import leases
from flows.execution.leases import Leases
from flows.wait import handles_sql
from infrastructure.event_store import append
from infrastructure.messaging import outbox, postgres_bus
from infrastructure.work import task_store
from infrastructure.work.task_store import Tasks
from tests.support.commands import Desk
from tests.support.history import RESUMING, count
from tests.support.prefect import PrefectServer
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

WHERE = {
    "due": outbox._NEXT,
    "sent": outbox._SENT,
    "next of the bus": postgres_bus._NEXT,
    "checkpoint of the bus": postgres_bus._COMMIT,
    "signal": handles_sql.SIGNAL,
    "take": handles_sql.TAKE,
    "resumed": handles_sql.RESUMED,
    "claim of the run": leases._CLAIM,
    "claim of the task": task_store._CLAIM,
    "write of the task": task_store._WRITE,
    "outcome": append.APPEND_COMPLETING,
    "end of the task": task_store._FINISH,
    "open": handles_sql.OPEN,
    "paused": handles_sql.PAUSED,
    "drop of the lease": leases._DROP,
}
"""On the way of one decision, in its order."""


class Breaking:
    """Breaks the connection at the next `statement` of any process of the studio, but not of the test itself."""

    def __init__(self) -> None:
        self.statement: str | None = None
        self.after = False

    def arm(self, statement: str | bytes, *, after: bool) -> None:
        self.after = after
        self.statement = _text(statement)

    async def at(self, connection: Any, query: object, send: Callable[[], Awaitable[Any]]) -> Any:
        hit = _text(query) == self.statement
        if not hit or connection.info.get_parameters().get("application_name") == "tests":
            return await send()
        self.statement = None
        if self.after:
            await send()
        await connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")


def _text(query: object) -> str:
    return query.decode() if isinstance(query, bytes) else str(query)


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Breaking:
    made = Breaking()

    execute = psycopg.AsyncCursor.execute  # which raw cursors inherit

    async def broken(cursor: Any, query: Any, *args: Any, **options: Any) -> Any:
        return await made.at(cursor.connection, query, lambda: execute(cursor, query, *args, **options))

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", broken)
    # what nobody knows of runs out soon
    monkeypatch.setattr(flows.execution.executor, "Leases", partial(Leases, lease_seconds=2.0))
    monkeypatch.setattr(flows.workflow.context, "Tasks", partial(Tasks, lease_seconds=2.0))
    return made


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        yield running


@pytest.mark.parametrize("after", [False, True], ids=["before it is done", "when it is done"])
async def test_wherever_the_connection_breaks_each_decision_takes_effect_once(
    breaking: Breaking, shop: Workshop, *, after: bool
) -> None:
    shop.start("relay", "projector", "callbacks", "worker")
    desk = shop.desk()
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a lamp")
    await shop.waits_for(desk.session_id, 1)
    for turn, (name, statement) in enumerate(WHERE.items(), 1):
        breaking.arm(statement, after=after)
        await desk.do(GenerateInspiration(count=1))
        session = await idle_again(shop, desk, name)
        await come_to(breaking, name)
        proposals = session.stages[GenesisStage.CONCEPT_SELECTION].proposals
        assert len(proposals) == turn, name
        assert (await shop.events(desk.session_id)).count("ProposalsRecorded") == turn, name
        assert (await shop.handles(desk.session_id))[-1] == (turn + 1, "PAUSED"), name
        state = await shop.runs.state(await shop.waits_for(desk.session_id, turn + 1))
        assert state is not None
        assert state.is_paused(), name
    assert [status for _, status in await shop.handles(desk.session_id)] == ["RESUMED"] * len(WHERE) + ["PAUSED"]
    assert await count(shop, desk.session_id, RESUMING) <= len(WHERE)

    async def nothing_left() -> bool:
        return await shop.nothing(
            "SELECT 1 FROM async_tasks WHERE status IN ('PENDING', 'RUNNING')"
            " UNION ALL SELECT 1 FROM command_inbox WHERE status = 'PROCESSING'"
            " UNION ALL SELECT 1 FROM event_outbox WHERE status <> 'SENT' OR retry_count > 0"
            " UNION ALL SELECT 1 FROM flow_run_leases"
        )

    await eventually(nothing_left)


async def come_to(breaking: Breaking, name: str) -> None:
    """Wait until the statement was sent: a session is idle before its lease is dropped."""

    async def sent() -> bool:
        return breaking.statement is None

    try:
        await eventually(sent)
    except AssertionError as error:
        raise AssertionError(f"{name}: never came to it") from error


async def idle_again(shop: Workshop, desk: Desk, name: str) -> Any:
    try:
        return await shop.idle(desk)
    except AssertionError as error:
        raise AssertionError(f"{name}: {await shop.handles(desk.session_id)}") from error
