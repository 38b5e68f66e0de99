"""What readers are answered: one snapshot, their own things only, in pages."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import GenesisMode, GenesisStage, Origin, StageStatus, TaskStatus

from domain.aggregate import Command
from domain.genesis.commands import (
    BranchGenesis,
    CancelGeneration,
    ConfirmStage,
    EditContent,
    FailGeneration,
    FinishGenesis,
    GenerateInspiration,
    NavigateToStage,
    SelectConcept,
)
from domain.genesis.stages import STAGE_ORDER
from infrastructure.postgres.pool import Pool
from projections.engine.cursors import InvalidCursor
from projections.genesis.queries import Queries
from tests.support.commands import CONTENTS, START, Desk
from tests.support.reading import projecting

CONCEPT = STAGE_ORDER[0]


async def test_the_state_shows_all_that_lies_on_the_table(desk: Desk, pool: Pool, database_url: str) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a clock in the tide", genre="fable", language="zh-Hans")
    first = await desk.propose(count=2)
    await desk.do(SelectConcept(proposal_ids=(first,)))
    own = CONTENTS[CONCEPT] | {"title": "Mine"}
    await desk.do(EditContent(stage=CONCEPT, proposal_id=first, content=own, locked_paths=("/title",)))
    await desk.do(ConfirmStage(stage=CONCEPT, proposal_id=first))
    work = await desk.do(GenerateInspiration(stage=STAGE_ORDER[1]))
    async with projecting(database_url) as projector:
        await projector.catch_up()
    queries = Queries(pool, lambda: START + timedelta(hours=1))
    state = await queries.state(desk.session_id, desk.user_id)
    assert state is not None
    assert state.title == "The Salt Clock"
    assert (state.genre, state.language, state.version) == ("fable", "zh-Hans", work.version)
    concept, story, *_ = state.stages
    assert [stage.stage for stage in state.stages] == list(STAGE_ORDER)
    assert (concept.status, concept.locked_paths, concept.shortlist) == (StageStatus.CONFIRMED, ("/title",), (first,))
    assert [(p.version, p.origin, p.revision_of) for p in concept.proposals] == [
        (1, Origin.AI, None),
        (2, Origin.AI, None),
        (3, Origin.AI_EDITED, first),
    ]
    assert concept.confirmed_proposal_id == first
    assert story.status is StageStatus.EMPTY
    assert state.current_stage is GenesisStage.STORY_CONCEPTION
    assert state.pending is not None
    assert (state.pending.correlation_id, state.pending.phase, state.pending.draft) == (
        work.correlation_id,
        "queued",
        None,
    )
    busy = {action.command_type for action in state.available_actions if action.code == "COMMAND_ACTIVE"}
    assert "GENERATE_INSPIRATION" in busy
    assert all(action.reason for action in state.available_actions if not action.enabled)
    assert state.warnings == ()


async def test_warnings_tell_of_a_failure_and_of_time_running_out(desk: Desk, pool: Pool, database_url: str) -> None:
    started = await desk.start(seed="salt")
    assert started.correlation_id is not None
    body = FailGeneration(correlation_id=started.correlation_id, code="TIMEOUT", message="The model did not answer.")
    await desk.send(Command(uuid4(), desk.session_id, None, body))
    async with projecting(database_url) as projector:
        await projector.catch_up()
    state = await Queries(pool, lambda: START + timedelta(days=13.9)).state(desk.session_id, desk.user_id)
    assert state is not None
    assert [warning.code for warning in state.warnings] == ["GENERATION_FAILED", "EXPIRES_VERY_SOON"]
    assert state.warnings[0].message == "The model did not answer."


async def test_nobody_sees_what_belongs_to_another(desk: Desk, pool: Pool, database_url: str) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    work = (await desk.do(GenerateInspiration())).correlation_id
    assert work is not None
    await desk.do(CancelGeneration())
    await desk.confirm_all()
    novel_id = UUID(str((await desk.do(FinishGenesis())).result["novel_id"]))
    async with projecting(database_url) as projector:
        await projector.catch_up()
    queries, session = Queries(pool), desk.session_id
    mine, other = desk.user_id, uuid4()
    for user, found in ((mine, True), (other, False)):
        assert (await queries.state(session, user) is not None) is found
        assert (await queries.version_of(session, user) is not None) is found
        assert (await queries.session_item(session, user) is not None) is found
        assert (await queries.timeline(session, user) is not None) is found
        assert (await queries.task(session, user, work) is not None) is found
        assert (await queries.novel(novel_id, user) is not None) is found
        assert bool((await queries.sessions(user)).items) is found
        assert bool((await queries.novels(user)).items) is found


async def test_lists_are_walked_page_by_page_newest_first(desk: Desk, pool: Pool, database_url: str) -> None:
    ids = []
    for minute in range(5):
        desk.clock.advance(minutes=minute % 2)  # some begin in the same instant
        await desk.start(mode=GenesisMode.FREE_FORM, title=f"No. {minute}")
        await desk.confirm_all()
        await desk.do(FinishGenesis())
        ids.append(desk.session_id)
    async with projecting(database_url) as projector:
        await projector.catch_up()
    queries = Queries(pool)
    for ask in (queries.sessions, queries.novels):
        seen, cursor = [], None
        while True:
            page = await ask(desk.user_id, cursor, 2)
            seen += [item.session_id for item in page.items]
            if (cursor := page.next_cursor) is None:
                break
        assert sorted(seen) == sorted(ids)
        assert seen[0] in ids[3:]
    first = (await queries.sessions(desk.user_id)).items[0]
    assert (first.confirmed_stages, first.novel_id is not None) == (5, True)
    assert (await queries.novels(desk.user_id)).items[0].logline == CONTENTS[CONCEPT]["logline"]
    with pytest.raises(InvalidCursor):
        await queries.sessions(desk.user_id, "nonsense")


async def test_the_list_begins_with_the_last_changed_and_says_where_a_branch_comes_from(
    desk: Desk, pool: Pool, database_url: str
) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a clock in the tide")
    original = desk.session_id
    desk.clock.advance(minutes=1)
    branch = (await desk.do(BranchGenesis(from_session_id=original, at_version=1))).session_id
    desk.clock.advance(minutes=1)
    await desk.start(mode=GenesisMode.FREE_FORM, seed="a baker who can taste lies")
    newest, desk.session_id = desk.session_id, original
    desk.clock.advance(minutes=1)
    await desk.do(ConfirmStage(stage=CONCEPT, content=CONTENTS[CONCEPT]))
    async with projecting(database_url) as projector:
        await projector.catch_up()
    queries = Queries(pool)
    seen = (await queries.sessions(desk.user_id)).items
    assert [item.session_id for item in seen] == [original, newest, branch]
    assert (seen[2].title, seen[2].source_session_id, seen[2].source_version) == ("a clock in the tide", original, 1)
    assert seen[2].source_title == "The Salt Clock"  # as it is called now
    assert (seen[0].source_session_id, seen[0].source_title) == (None, None)
    first = await queries.sessions(desk.user_id, None, 2)
    rest = await queries.sessions(desk.user_id, first.next_cursor, 2)
    assert (first.items + rest.items, rest.next_cursor) == (seen, None)


async def test_the_history_is_paged_by_version(desk: Desk, pool: Pool, database_url: str) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    for stage in STAGE_ORDER[1:]:
        await desk.do(NavigateToStage(stage=stage))
    async with projecting(database_url) as projector:
        await projector.catch_up()
    queries = Queries(pool)
    page = await queries.timeline(desk.session_id, desk.user_id, 1, 2)
    assert page is not None
    assert ([entry.version for entry in page.items], page.next_cursor) == ([2, 3], "3")
    rest = await queries.timeline(desk.session_id, desk.user_id, 3, 2)
    assert rest is not None
    assert ([entry.version for entry in rest.items], rest.next_cursor) == ([4, 5], None)
    ahead = await queries.timeline(desk.session_id, desk.user_id, 99)
    assert ahead is not None
    assert ahead.items == ()


@pytest.mark.parametrize("outcome", ["none", "recorded", "failed", "cancelled"])
async def test_a_task_ends_as_the_history_says(desk: Desk, pool: Pool, database_url: str, outcome: str) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    work = (await desk.do(GenerateInspiration())).correlation_id
    assert work is not None
    if outcome == "recorded":
        await desk.record(work, CONCEPT)
    elif outcome == "failed":
        body = FailGeneration(correlation_id=work, code="BROKEN", message="It broke.")
        await desk.send(Command(uuid4(), desk.session_id, None, body))
    elif outcome == "cancelled":
        await desk.do(CancelGeneration())
    async with projecting(database_url) as projector:
        await projector.catch_up()
    task = await Queries(pool).task(desk.session_id, desk.user_id, work)
    assert task is not None
    ends = {"recorded": TaskStatus.COMPLETED, "failed": TaskStatus.FAILED, "cancelled": TaskStatus.CANCELLED}
    assert task.status is ends.get(outcome, TaskStatus.PENDING)
    assert (task.error is not None and task.error.code == "BROKEN") is (outcome == "failed")
    assert (task.completed_at is None) is (outcome == "none")


async def test_a_state_is_one_moment_while_the_projector_works(desk: Desk, pool: Pool, database_url: str) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    queries, over = Queries(pool), asyncio.Event()

    async def write() -> None:
        for _ in range(12):
            await desk.do(ConfirmStage(stage=CONCEPT, content=CONTENTS[CONCEPT] | {"title": str(uuid4())}))
            await desk.propose()
        over.set()

    async with projecting(database_url, batch=1) as projector, asyncio.TaskGroup() as tasks:
        await projector.catch_up()
        tasks.create_task(write())
        looked = 0
        while await projector.step() or not over.is_set():
            state = await queries.state(desk.session_id, desk.user_id)
            assert state is not None
            table = state.stages[0]
            assert (state.confirmed_data.get(CONCEPT) is not None) == (table.status is StageStatus.CONFIRMED)
            page = await queries.timeline(desk.session_id, desk.user_id, state.version - 1, 1)
            assert page is not None
            assert page.items[0].version == state.version
            recorded = (state.version - 1) // 3  # confirmed, requested, recorded, in turn
            assert len(table.proposals) == recorded
            assert state.is_pending == ((state.version - 1) % 3 == 2)
            looked += 1
    assert looked >= 36
