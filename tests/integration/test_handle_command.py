"""Commands against the real store: answers, conflicts, ownership, and what the inbox keeps of work."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from genesis_types.enums import CommandStatus, GenesisStage

from application.command_results import CommandIdReused, VersionConflict, new_stream_id
from application.ports import Append, StoreUnavailable
from application.wakeups import LOG
from domain.aggregate import Command
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import (
    BranchGenesis,
    CancelGeneration,
    ConfirmStage,
    EditContent,
    ExtendSession,
    FailGeneration,
    FinishGenesis,
    GenerateInspiration,
    NavigateToStage,
    ProvideFeedback,
    StartGenesis,
)
from domain.genesis.decide_work import work_id
from domain.genesis.rejections import SessionNotFound
from domain.rejections import CommandActive, Refused
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool
from infrastructure.redis.wakeups import NoHints
from tests.support.appends import WRITTEN, count
from tests.support.commands import CONTENTS, Desk

CONCEPT = GenesisStage.CONCEPT_SELECTION


async def test_the_whole_way_from_spark_to_novel(desk: Desk) -> None:
    started = await desk.start(seed="a clock that counts the tide")
    assert started.status is CommandStatus.COMPLETED
    assert started.version == 2
    assert started.result == {"session_id": str(desk.session_id)}
    assert started.correlation_id is not None
    await desk.record(started.correlation_id, CONCEPT, count=3)
    await desk.confirm_all_guided()
    finished = await desk.do(FinishGenesis())
    state = await desk.store.load(GENESIS_SESSION, desk.session_id)
    assert state is not None
    assert finished.result == {"novel_id": str(state.novel_id)}
    assert finished.version == state.version


async def test_work_is_processing_until_its_outcome(desk: Desk, store: PostgresEventStore) -> None:
    await desk.start(mode="free_form")
    command = desk.command(GenerateInspiration(stage=CONCEPT))
    answer = await desk.send(command)
    assert answer.status is CommandStatus.PROCESSING
    assert answer.correlation_id == work_id(command.command_id)
    row = await store.find_command(command.command_id)
    assert row is not None
    assert (row.status, row.correlation_id) == (CommandStatus.PROCESSING, answer.correlation_id)
    assert row.deadline_at == desk.clock.now + timedelta(minutes=10)
    await desk.record(work_id(command.command_id), CONCEPT)
    row = await store.find_command(command.command_id)
    assert row is not None
    assert row.status is CommandStatus.COMPLETED
    assert await desk.send(command) == answer  # the first answer, for ever


async def test_work_that_another_command_starts_has_its_own_row(desk: Desk, store: PostgresEventStore) -> None:
    command = desk.command(StartGenesis(seed="spark"))
    answer = await desk.send(command)
    own = await store.find_command(command.command_id)
    work = await store.find_command(work_id(command.command_id))
    assert own is not None
    assert work is not None
    assert (own.status, own.correlation_id) == (CommandStatus.COMPLETED, None)
    assert (work.status, work.command_type) == (CommandStatus.PROCESSING, "GENERATE_INSPIRATION")
    assert work.correlation_id == answer.correlation_id
    with pytest.raises(CommandIdReused):
        await desk.do(GenerateInspiration(), command_id=work.command_id)


@pytest.mark.parametrize("end", ["fail", "cancel"])
async def test_work_that_failed_or_was_cancelled_is_failed(desk: Desk, pool: Pool, end: str) -> None:
    await desk.start(mode="free_form")
    answer = await desk.do(GenerateInspiration(stage=CONCEPT))
    assert answer.correlation_id is not None
    if end == "cancel":
        await desk.do(CancelGeneration())
    else:
        body = FailGeneration(correlation_id=answer.correlation_id, code="TIMEOUT", message="It took too long.")
        await desk.send(Command(uuid4(), desk.session_id, None, body))
    async with pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT status::text, error_message FROM command_inbox WHERE correlation_id = %s", (answer.correlation_id,)
        )
        assert await cursor.fetchone() == ("FAILED", "CANCELLED" if end == "cancel" else "TIMEOUT")
    state = await desk.store.load(GENESIS_SESSION, desk.session_id)
    assert state is not None
    assert state.pending is None


async def test_a_second_generation_is_refused_and_writes_nothing(desk: Desk, pool: Pool) -> None:
    await desk.start(seed="spark")
    before = await count(pool)
    with pytest.raises(CommandActive):
        await desk.do(GenerateInspiration())
    assert await count(pool) == before


async def test_a_refused_decision_writes_nothing(desk: Desk, pool: Pool) -> None:
    await desk.start(mode="free_form")
    before = await count(pool)
    for body in (FinishGenesis(), CancelGeneration(), NavigateToStage(stage=CONCEPT)):
        with pytest.raises(Refused):
            await desk.do(body)
    assert await count(pool) == before


async def test_the_same_id_with_another_body_or_account_is_refused(desk: Desk, pool: Pool) -> None:
    await desk.start(mode="free_form")
    command_id = uuid4()
    await desk.do(ExtendSession(hours=1), command_id=command_id)
    before = await count(pool)
    with pytest.raises(CommandIdReused):
        await desk.do(ExtendSession(hours=2), command_id=command_id)
    with pytest.raises(CommandIdReused):
        await desk.do(ExtendSession(hours=1), command_id=command_id, user_id=uuid4())
    with pytest.raises(CommandIdReused):  # even where the decision alone would be another refusal
        await desk.do(FinishGenesis(), command_id=command_id)
    assert await count(pool) == before


async def test_somebody_else_s_session_does_not_exist(desk: Desk, pool: Pool) -> None:
    await desk.start(mode="free_form")
    stranger = uuid4()
    before = await count(pool)
    with pytest.raises(SessionNotFound):
        await desk.do(ExtendSession(), user_id=stranger)
    with pytest.raises(SessionNotFound):  # nor is its version told
        await desk.do(ExtendSession(), user_id=stranger, expected_version=99)
    with pytest.raises(SessionNotFound):
        await desk.do(BranchGenesis(from_session_id=desk.session_id, at_version=1), user_id=stranger)
    desk.session_id = uuid4()
    with pytest.raises(SessionNotFound):
        await desk.do(ExtendSession(), expected_version=3)
    assert await count(pool) == before


async def test_an_expected_version_is_kept_to(desk: Desk) -> None:
    started = await desk.start(mode="free_form")
    answer = await desk.do(ExtendSession(), expected_version=started.version)
    assert answer.version == 2
    for wrong in (0, 1, 3):
        with pytest.raises(VersionConflict) as conflict:
            await desk.do(ExtendSession(), expected_version=wrong)
        assert conflict.value.current_version == 2
    with pytest.raises(VersionConflict) as conflict:
        await desk.do(StartGenesis(), expected_version=4)
    assert conflict.value.current_version == 0


async def test_stale_knowledge_is_corrected_without_a_word(desk: Desk, pool: Pool) -> None:
    """Another process moved on: what this one remembers is behind, in every way that could matter."""
    started = await desk.start(mode="free_form")
    elsewhere = Desk(PostgresEventStore(pool, "genesis.events"), user_id=desk.user_id)
    elsewhere.session_id = desk.session_id
    proposal = await elsewhere.propose(count=2)
    answer = await desk.do(ConfirmStage(stage=CONCEPT, proposal_id=proposal))  # refused on the cached state
    assert answer.version == 4
    await elsewhere.do(ExtendSession())
    assert (await desk.do(ExtendSession())).version == 6  # conflict on the cached state
    await elsewhere.do(ExtendSession())
    answer = await desk.do(ExtendSession(), expected_version=7)  # mismatch with the cached state only
    assert answer.version == 8
    assert started.version == 1


async def test_a_branch_takes_the_content_of_that_moment(desk: Desk) -> None:
    await desk.start(mode="free_form", seed="spark")
    proposal = await desk.propose()
    await desk.do(ConfirmStage(stage=CONCEPT, proposal_id=proposal))
    await desk.do(EditContent(stage=GenesisStage.STORY_CONCEPTION, content=CONTENTS[GenesisStage.STORY_CONCEPTION]))
    command_id = uuid4()
    answer = await desk.do(BranchGenesis(from_session_id=desk.session_id, at_version=3), command_id=command_id)
    assert answer.result == {"session_id": str(new_stream_id(command_id))}
    branch = await desk.store.load(GENESIS_SESSION, answer.session_id)
    then = await desk.store.load(GENESIS_SESSION, desk.session_id, at_version=3)
    assert branch is not None
    assert then is not None
    assert (branch.stages, branch.premise.seed, branch.version, branch.pending) == (then.stages, "spark", 1, None)
    with pytest.raises(Refused, match="no version 9"):
        await desk.do(BranchGenesis(from_session_id=desk.session_id, at_version=9))


async def test_feedback_starts_a_refinement(desk: Desk) -> None:
    await desk.start(mode="free_form")
    proposal = await desk.propose()
    answer = await desk.do(ProvideFeedback(proposal_id=proposal, text="darker"))
    assert answer.status is CommandStatus.PROCESSING
    assert answer.version == 5
    assert answer.correlation_id is not None
    outcome = await desk.record(answer.correlation_id, CONCEPT)
    assert await desk.record(answer.correlation_id, CONCEPT) == outcome  # a retried flow step


class LosesTheAnswer(PostgresEventStore):
    """The statement arrives, its answer does not."""

    lost: int

    async def append(self, append: Append) -> None:
        await super().append(append)
        if self.lost:
            self.lost -= 1
            raise StoreUnavailable


async def test_an_answer_lost_on_the_way_is_found_again(pool: Pool) -> None:
    store = LosesTheAnswer(pool, "genesis.events")
    store.lost = 2
    desk = Desk(store)
    await desk.start(mode="free_form")
    answer = await desk.do(GenerateInspiration())
    assert answer.status is CommandStatus.PROCESSING
    assert await count(pool) == dict.fromkeys(WRITTEN, 2)


class NeverArrives(PostgresEventStore):
    async def append(self, append: Append) -> None:
        raise StoreUnavailable


async def test_a_store_that_stays_away_is_said(pool: Pool) -> None:
    desk = Desk(NeverArrives(pool, "genesis.events"))
    with pytest.raises(StoreUnavailable):
        await desk.do(StartGenesis())
    assert set((await count(pool)).values()) == {0}


class Heard(NoHints):
    def __init__(self, *, broken: bool = False) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.broken = broken

    async def publish(self, channel: str, message: Any = None) -> None:
        self.heard.append((channel, message))
        if self.broken:
            raise ConnectionError


@pytest.mark.parametrize("broken", [False, True])
async def test_readers_are_told_after_the_append(store: PostgresEventStore, broken: bool) -> None:
    hints = Heard(broken=broken)
    desk = Desk(store, hints=hints)
    command = desk.command(StartGenesis())
    await desk.send(command)
    await desk.send(command)  # nothing new, nothing to tell
    assert hints.heard == [(LOG, None)]


async def test_our_own_processes_act_on_anybody_s_session(desk: Desk, store: PostgresEventStore) -> None:
    answer = await desk.start(seed="spark")
    assert answer.correlation_id is not None
    body = FailGeneration(correlation_id=answer.correlation_id, code="TIMEOUT", message="")
    command = Command(uuid5(answer.correlation_id, "deadline"), desk.session_id, None, body)
    first = await desk.commands.handle(command)
    again = await desk.commands.handle(command)
    assert first == again
    assert UUID(str(first.session_id)) == desk.session_id
