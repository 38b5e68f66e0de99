"""What a chapter's draft means for its author's account: reserved once, charged once, for what came."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from application.chapter_material import Material, Planned
from application.credits import GRACE, credit_policy
from domain.account.account import account_id
from domain.account.commands import ReserveCredits, ReturnReservation, SettleReservation
from domain.aggregate import Command
from domain.chapter.commands import CancelDraft
from domain.project.plan import NO_PLAN
from tests.support.project import WRITER, Page, insert
from tests.unit.test_credit_policy import Prices


class OneChapter:
    """A book of one chapter without a plan."""

    async def of(self, project_id: UUID, chapter_id: UUID, user_id: UUID) -> Material:
        chapters = (Planned(chapter_id, "Low Water", NO_PLAN, ""),)
        return Material("The Salt Clock", "en", "", "", "", {}, chapters, (), (), 99, 1)


async def following(page: Page, facts: tuple[Any, ...]) -> tuple[Command, ...]:
    anything: Any = None
    of_chapter = Command(uuid4(), page.stream_id, None, CancelDraft())
    return await credit_policy(Prices(), OneChapter(), anything)(of_chapter, anything, anything, page.chapter, facts)


async def body_after(page: Page, facts: tuple[Any, ...]) -> Any:
    (command,) = await following(page, facts)
    assert command.stream_id == account_id(WRITER)
    return command.body


async def test_a_draft_reserves_what_its_scenes_can_cost_at_most() -> None:
    page = Page()
    page.ask()
    work = page.chapter.work
    assert work is not None
    assert await body_after(page, page.facts[-1:]) == ReserveCredits(
        reservation_id=work.correlation_id,
        amount=400,
        deadline_at=work.deadline_at + GRACE,
        subject_id=page.stream_id,
    )


async def test_a_whole_draft_is_charged_once_with_all_its_scenes_and_its_end() -> None:
    page = Page()
    work = page.ask()
    for number in (1, 2):
        assert await following(page, page.scene_comes(number, 2)) == ()
    assert await body_after(page, page.draft_comes()) == SettleReservation(reservation_id=work, used=1_250_000)


@pytest.mark.parametrize("how", ["failed", "cancelled"])
async def test_of_what_ended_early_the_scenes_that_came_are_charged(how: str) -> None:
    page = Page()
    work = page.ask()
    page.scene_comes(1)
    facts = page.draft_fails() if how == "failed" else page.when(CancelDraft())
    assert await body_after(page, facts) == SettleReservation(reservation_id=work, used=500_000)


@pytest.mark.parametrize("how", ["failed", "cancelled"])
async def test_where_nothing_came_all_of_it_is_given_back(how: str) -> None:
    page = Page()
    work = page.ask()
    facts = page.draft_fails() if how == "failed" else page.when(CancelDraft())
    assert await body_after(page, facts) == ReturnReservation(reservation_id=work, reason=how)


async def test_going_on_pays_for_the_rest_only() -> None:
    page = Page()
    page.ask()
    page.scene_comes(1, 2)
    page.draft_fails()
    work = page.ask(go_on=True)
    reserved = await body_after(page, page.facts[-1:])
    assert reserved.amount == 300
    page.scene_comes(2, 2)
    assert await body_after(page, page.draft_comes()) == SettleReservation(reservation_id=work, used=750_000)


async def test_a_selection_reserves_for_its_passages_and_is_charged_once_for_those_that_came() -> None:
    page = Page()
    ids = (uuid4(), uuid4())
    page.edit(insert(ids[0], "One."), insert(ids[1], "Two.", ids[0]))
    page.ask_again(*ids)
    asked = page.facts[-1]
    reserved = await body_after(page, (asked,))
    assert (type(reserved), reserved.reservation_id) == (ReserveCredits, asked.correlation_id)
    page.scene_comes(1, 2)
    page.when(CancelDraft())
    settled = await body_after(page, page.facts[-1:])
    assert (type(settled), settled.reservation_id) == (SettleReservation, asked.correlation_id)
