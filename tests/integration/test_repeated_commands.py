"""Every command asked again: after ten later events, and twice at once, 100 times. One answer, written once."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import CommandType, GenesisMode, GenesisStage

from application.command_results import CommandOutcome
from domain.aggregate import Command
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.agreement import contradictions
from domain.genesis.commands import (
    AbandonGenesis,
    BranchGenesis,
    CancelGeneration,
    ConfirmStage,
    CorrectContradictions,
    DismissContradictions,
    EditContent,
    ExtendSession,
    FindContradictions,
    FinishGenesis,
    GenerateInspiration,
    NavigateToStage,
    ProvideFeedback,
    PublicBody,
    RestoreContradictions,
    SelectConcept,
    StartGenesis,
)
from domain.genesis.settled import settled
from domain.genesis.stages import STAGE_ORDER
from infrastructure.event_store.state_cache import StateCache
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool
from tests.support.appends import count
from tests.support.commands import CONTENTS, Desk

CONCEPT = GenesisStage.CONCEPT_SELECTION


async def every_command(desk: Desk) -> AsyncIterator[Command]:
    """All of them, each at a moment when it is accepted. The caller sends them."""
    start = desk.command(StartGenesis(mode=GenesisMode.FREE_FORM, seed="spark"))
    desk.session_id = start.stream_id
    yield start
    inspiration = desk.command(GenerateInspiration(stage=CONCEPT, count=2))
    yield inspiration
    work = await desk.send(inspiration)
    assert work.correlation_id is not None
    await desk.record(work.correlation_id, CONCEPT, count=2)
    state = await desk.store.load(GENESIS_SESSION, desk.session_id)
    assert state is not None
    proposal = state.stages[CONCEPT].proposals[0].id
    yield desk.command(ProvideFeedback(proposal_id=proposal, text="darker"))
    yield desk.command(CancelGeneration())
    bodies: tuple[PublicBody, ...] = (
        SelectConcept(proposal_ids=(proposal,)),
        EditContent(stage=CONCEPT, content=CONTENTS[CONCEPT], locked_paths=("/title",)),
        NavigateToStage(stage=GenesisStage.WORLDVIEW),
        ConfirmStage(stage=CONCEPT, proposal_id=proposal),
        ExtendSession(hours=3),
        BranchGenesis(from_session_id=desk.session_id, at_version=2),
    )
    for body in bodies:
        yield desk.command(body)
    for stage in STAGE_ORDER[1:]:
        await desk.do(ConfirmStage(stage=stage, content=CONTENTS[stage]))
    yield desk.command(FindContradictions())
    await desk.do(CancelGeneration())
    for body in await _contradicting(desk):
        yield desk.command(body)
    yield desk.command(FinishGenesis())
    await desk.start(mode=GenesisMode.FREE_FORM)
    yield desk.command(AbandonGenesis(reason="another story"))


async def _contradicting(desk: Desk) -> tuple[PublicBody, ...]:
    """Somebody of whom two other stages speak gets another name: one text is corrected, the other left as it is."""
    for stage, text in ((GenesisStage.STORY_CONCEPTION, "premise_sentence"), (GenesisStage.WORLDVIEW, "economy")):
        await desk.do(ConfirmStage(stage=stage, content=CONTENTS[stage] | {text: "So Ines bargains with the sea."}))
    (ines,) = CONTENTS[GenesisStage.CHARACTERS]["characters"]
    await desk.do(ConfirmStage(stage=GenesisStage.CHARACTERS, content={"characters": [ines | {"name": "Ada"}]}))
    state = await desk.store.load(GENESIS_SESSION, desk.session_id)
    assert state is not None
    one, other = (found.id for found in contradictions(settled(state.stages)))
    return (
        CorrectContradictions(contradiction_ids=(one,)),
        DismissContradictions(contradiction_ids=(other,)),
        RestoreContradictions(contradiction_ids=(other,)),
    )


@pytest.fixture
def stores(pool: Pool) -> tuple[PostgresEventStore, PostgresEventStore]:
    """Two processes, each with a memory of its own."""
    return PostgresEventStore(pool, "genesis.events"), PostgresEventStore(pool, "genesis.events")


def _at(desk: Desk, store: PostgresEventStore) -> Desk:
    other = Desk(store, user_id=desk.user_id)
    other.clock.advance(seconds=17)  # the second asks later: the answer is the first one's
    return other


async def _later_events(desk: Desk, session_id: UUID) -> None:
    """Ten more events in the log: in the session itself while it lives, else beside it."""
    state = await desk.store.load(GENESIS_SESSION, session_id)
    assert state is not None
    live = state.novel_id is None and state.status != "ABANDONED"
    if not live:
        kept = desk.session_id
        session_id = (await desk.start(mode=GenesisMode.FREE_FORM)).session_id
        desk.session_id = kept
    for _ in range(10):
        command = Command(uuid4(), session_id, desk.user_id, ExtendSession(hours=1))
        await desk.send(command)


async def test_every_command_repeated_after_ten_later_events(
    stores: tuple[PostgresEventStore, PostgresEventStore], pool: Pool
) -> None:
    desk = Desk(stores[0])
    asked: list[tuple[Command, CommandOutcome]] = []
    async for command in every_command(desk):
        answer = await desk.send(command)
        asked.append((command, answer))
        await _later_events(desk, command.stream_id)
    assert {command.body.command_type for command, _ in asked} == set(CommandType)
    before = await count(pool)
    forgetful = _at(desk, PostgresEventStore(pool, "genesis.events", cache=StateCache(streams=1)))
    for _ in range(100):
        for command, first in asked:
            assert await desk.send(command) == first
    for command, first in asked:
        assert await forgetful.send(command) == first
    assert await count(pool) == before


async def test_every_command_asked_twice_at_once(
    stores: tuple[PostgresEventStore, PostgresEventStore], pool: Pool
) -> None:
    rounds = 9  # of twelve commands: more than 100 pairs
    for _ in range(rounds):
        desk = Desk(stores[0])
        twin = _at(desk, stores[1])
        async for command in every_command(desk):
            before = await count(pool)
            first, second = await asyncio.gather(desk.send(command), twin.send(command))
            assert first == second
            written = {table: rows - before[table] for table, rows in (await count(pool)).items()}
            assert written["command_inbox"] == 1
            assert written["domain_events"] == written["event_outbox"] == await _events_of(pool, command)


async def _events_of(pool: Pool, command: Command) -> int:
    async with pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM domain_events WHERE causation_id = %s", (command.command_id,)
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def test_a_repeated_pair_gets_the_first_answer_100_times(desk: Desk, pool: Pool) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    command = desk.command(ExtendSession(hours=2))
    answers = await asyncio.gather(*(desk.send(command) for _ in range(200)))
    assert all(answer == answers[0] for answer in answers)
    assert await _events_of(pool, command) == 1
