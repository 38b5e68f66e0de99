"""What a session's facts mean for its owner's account: reserve, settle, return."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from genesis_types.enums import GenesisMode, GenesisStage
from pydantic import JsonValue

from application.chapter_writers import ChapterRequest
from application.contents_writers import ContentsRequest
from application.credits import GRACE, CreditPolicy
from application.idea_writers import IdeaRequest
from application.writers import WriterRequest
from domain.account.account import account_id
from domain.account.commands import ReserveCredits, ReturnReservation, SettleReservation
from domain.aggregate import Command
from domain.genesis.commands import (
    AbandonGenesis,
    CancelGeneration,
    ConfirmStage,
    FailGeneration,
    GenerateInspiration,
    NavigateToStage,
    PauseSession,
    RecordProposals,
)
from tests.support.genesis import ANN, CONTENT, SESSION, Story, started


class Prices:
    """By the number of proposals; the cost as it is reported."""

    def __init__(self, each: int = 100) -> None:
        self.each = each
        self.asked: list[WriterRequest] = []

    async def estimate(self, request: WriterRequest) -> int:
        self.asked.append(request)
        return self.each * request.work.count

    async def estimate_chapter(self, request: ChapterRequest) -> int:
        return self.each * (4 - len(request.kept))

    async def estimate_contents(self, request: ContentsRequest) -> int:
        return self.each * (request.last - request.first + 1 - len(request.kept))

    async def estimate_ideas(self, request: IdeaRequest) -> int:
        return self.each * len(request.left)

    def charge(self, usage: Mapping[str, JsonValue], cost_usd: float | None, model: str) -> int | None:
        return None if cost_usd is None else round(cost_usd * 1_000_000)


async def following(story: Story, facts: tuple[Any, ...], prices: Prices | None = None) -> tuple[Command, ...]:
    anything: Any = None
    return await CreditPolicy(prices or Prices())(anything, anything, anything, story.state, facts)


async def test_a_generation_reserves_the_worst_case_until_after_its_deadline() -> None:
    story = started(GenesisMode.FREE_FORM)
    facts = story.when(GenerateInspiration(stage=GenesisStage.CONCEPT_SELECTION, count=4))
    prices = Prices()
    (command,) = await following(story, facts, prices)
    pending = story.state.pending
    assert pending is not None
    assert command.body == ReserveCredits(
        reservation_id=pending.correlation_id,
        amount=400,
        deadline_at=pending.deadline_at + GRACE,
        subject_id=SESSION,
    )
    assert (command.stream_id, command.user_id) == (account_id(ANN), None)
    assert prices.asked[0].work == pending, "priced by what the writer will be asked"


async def test_every_way_to_begin_a_generation_reserves() -> None:
    story = Story()
    begun = started()
    assert len(await following(begun, tuple(begun.events))) == 1, "a session with a seed"
    begun.proposals_arrive()
    story = begun
    facts = story.when(
        ConfirmStage(
            stage=GenesisStage.CONCEPT_SELECTION, proposal_id=story.proposal_id(GenesisStage.CONCEPT_SELECTION)
        )
    )
    (command,) = await following(story, facts)
    assert isinstance(command.body, ReserveCredits), "a confirmation that leads on"


async def test_what_is_free_is_not_reserved() -> None:
    story = started()
    assert await following(story, tuple(story.events), Prices(0)) == ()


async def test_proposals_settle_by_what_was_used() -> None:
    story = started()
    pending = story.state.pending
    assert pending is not None
    for cost, used in ((0.02, 20_000), (None, None)):
        one = started()
        facts = one.when(
            RecordProposals(
                correlation_id=pending.correlation_id,
                contents=(CONTENT[pending.stage],),
                writer="model",
                model="m",
                prompt_version="1",
                cost_usd=cost,
            ),
            by=None,
        )
        (command,) = await following(one, facts)
        assert command.body == SettleReservation(reservation_id=pending.correlation_id, used=used)


async def test_a_failure_or_an_end_before_the_end_returns_all() -> None:
    for body, reason in (
        (FailGeneration(correlation_id=started().state.pending.correlation_id, code="X", message="x"), "failed"),  # type: ignore[union-attr]
        (CancelGeneration(), "cancelled"),
        (AbandonGenesis(), "cancelled"),
    ):
        story = started()
        work = story.state.pending
        assert work is not None
        internal = isinstance(body, FailGeneration)
        facts = story.when(body, **({"by": None} if internal else {}))
        (command,) = await following(story, facts)
        assert command.body == ReturnReservation(reservation_id=work.correlation_id, reason=reason)


async def test_a_session_whose_time_is_up_returns_what_its_work_held() -> None:
    story = started()
    story.now += timedelta(days=400)
    (command,) = await following(story, story.when(PauseSession(), by=None))
    assert isinstance(command.body, ReturnReservation)


async def test_facts_that_cost_nothing_ask_for_nothing() -> None:
    story = started(GenesisMode.FREE_FORM)
    assert await following(story, story.when(NavigateToStage(stage=GenesisStage.PLOT_OUTLINE))) == ()


async def test_the_same_facts_give_the_same_commands() -> None:
    story = started()
    assert await following(story, tuple(story.events)) == await following(story, tuple(story.events))
