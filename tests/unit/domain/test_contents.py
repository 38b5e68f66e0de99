"""Contents by a writer: asked for by ranges, recorded chapter by chapter, in the contents only once accepted."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import DraftStatus

from domain.project.commands import RemoveEntry
from domain.project.contents_commands import (
    AcceptContents,
    CancelContents,
    FailContents,
    RecordChapterOutline,
    RecordContents,
    RefuseContents,
    UnwaiveContentsFinding,
    WaiveContentsFinding,
    WriteContents,
)
from domain.project.plan import ChapterPlan
from domain.project.proposed import ProposedContents
from domain.rejections import CommandActive, Refused
from tests.support.project import Shelf

FINDING = UUID(int=9)


class Planning(Shelf):
    """A project whose chapters a writer proposes."""

    def ask(self, **more: Any) -> UUID:
        facts = self.when(WriteContents(**more))
        work_id: UUID = facts[-1].correlation_id
        return work_id

    def comes(self, number: int, part: str = "", **more: Any) -> tuple[Any, ...]:
        assert self.project.work is not None
        work_id = more.pop("work_id", self.project.work.correlation_id)
        plan = ChapterPlan(purpose=f"Purpose {number}.", target_words=900)
        body = RecordChapterOutline(
            correlation_id=work_id, number=number, part=part, title=f"No. {number}", plan=plan, cost_usd=0.5, **more
        )
        return self.when(body, user_id=None)

    def ends(self) -> tuple[Any, ...]:
        assert self.project.work is not None
        body = RecordContents(
            correlation_id=self.project.work.correlation_id,
            writer="plain",
            model="plain-1",
            prompt_version="1",
            cost_usd=0.25,
        )
        return self.when(body, user_id=None)

    def fails(self) -> tuple[Any, ...]:
        assert self.project.work is not None
        work_id = self.project.work.correlation_id
        return self.when(FailContents(correlation_id=work_id, code="TIMED_OUT", message="Too late."), user_id=None)

    def written(self, first: int, last: int, part: str = "") -> UUID:
        self.ask(from_chapter=first, to_chapter=last)
        for number in range(first, last + 1):
            self.comes(number, part)
        self.ends()
        return self.proposed.contents_id

    @property
    def proposed(self) -> ProposedContents:
        assert self.project.proposed is not None
        return self.project.proposed

    def accept(self, *numbers: int) -> None:
        self.when(AcceptContents(contents_id=self.proposed.contents_id, chapters=numbers or None))


def refused(shelf: Planning, body: Any, code: str, **more: Any) -> None:
    with pytest.raises(Refused) as caught:
        shelf.when(body, **more)
    assert caught.value.code == code


def test_nothing_is_in_the_contents_before_it_is_accepted() -> None:
    shelf = Planning()
    contents_id = shelf.written(1, 3)
    assert shelf.reading() == []
    assert (shelf.proposed.status, shelf.proposed.came, shelf.proposed.cost_usd) == (DraftStatus.WRITTEN, 3, 1.75)
    shelf.accept(2)
    shelf.accept(1)
    assert shelf.reading() == ["No. 1", "No. 2"]
    refused(shelf, AcceptContents(contents_id=contents_id, chapters=(2,)), "NOTHING_TO_ACCEPT")
    refused(shelf, AcceptContents(contents_id=contents_id, chapters=(9,)), "UNKNOWN_CHAPTER")
    shelf.accept()
    assert shelf.reading() == ["No. 1", "No. 2", "No. 3"]
    assert shelf.project.proposed is None
    assert shelf.project.recorded == ()
    refused(shelf, AcceptContents(contents_id=contents_id), "NO_PROPOSED_CONTENTS")


def test_an_outline_that_breaks_off_at_110_goes_on_at_111() -> None:
    shelf = Planning()
    shelf.ask(from_chapter=1, to_chapter=200, instructions="Slowly.")
    for number in range(1, 111):
        shelf.comes(number)
    shelf.fails()
    (asked,) = shelf.when(WriteContents(go_on=True))
    assert (asked.kept, asked.from_chapter, asked.to_chapter, asked.instructions) == (110, 1, 200, "Slowly.")
    assert [one.number for one in shelf.project.outlined] == list(range(1, 111))
    assert shelf.comes(110) == ()
    (fact,) = shelf.comes(111)
    assert fact.number == 111
    assert shelf.project.pieces(asked.correlation_id) == (fact,)


def test_a_range_is_whole_by_its_chapters_and_not_by_what_is_said_of_it() -> None:
    shelf = Planning()
    work_id = shelf.ask(from_chapter=1, to_chapter=3)
    shelf.comes(1)
    end = RecordContents(correlation_id=work_id, writer="w", model="m", prompt_version="1")
    refused(shelf, end, "UNKNOWN_CHAPTER", user_id=None)
    with pytest.raises(Refused):
        shelf.comes(3)
    assert shelf.project.work is not None


def test_chapters_stand_where_their_numbers_say_in_parts_of_their_own() -> None:
    shelf = Planning()
    part = shelf.add("part", "Ebb")
    for title in ("First", "Last"):
        shelf.add("chapter", title, part)
    shelf.ask(from_chapter=2, to_chapter=3)
    shelf.comes(2, "Ebb")
    shelf.comes(3, "Ebb")
    shelf.ends()
    shelf.accept()
    assert shelf.reading() == ["Ebb", "  First", "  No. 2", "  No. 3", "  Last"]
    shelf.ask(from_chapter=5, to_chapter=7)
    shelf.comes(5, "Flood")
    shelf.comes(6, "Flood")
    shelf.comes(7, "Storm")
    shelf.ends()
    shelf.accept(6)
    shelf.accept()
    assert shelf.reading()[5:] == ["Flood", "  No. 5", "  No. 6", "Storm", "  No. 7"]


def test_a_proposal_outlives_what_its_author_does_to_the_contents() -> None:
    shelf = Planning()
    shelf.written(1, 2)
    shelf.add("chapter", "By hand")
    shelf.accept(2)
    entry_id = shelf.proposed.accepted[2]
    shelf.when(RemoveEntry(entry_id=entry_id))
    shelf.accept()
    assert shelf.reading() == ["No. 1", "By hand"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"from_chapter": 3}, "INVALID_RANGE"),
        ({"from_chapter": 1, "to_chapter": 201}, "INVALID_RANGE"),
        ({"from_chapter": 2, "to_chapter": 1}, "INVALID_RANGE"),
        ({"go_on": True}, "NOTHING_TO_GO_ON_FROM"),
    ],
)
def test_ranges_that_cannot_be(asked: dict[str, Any], code: str) -> None:
    shelf = Planning()
    shelf.add("chapter", "One")
    refused(shelf, WriteContents(**asked), code)


def test_one_work_at_a_time_and_it_can_be_stopped() -> None:
    shelf = Planning()
    refused(shelf, CancelContents(), "WORK_NOT_ACTIVE")
    work_id = shelf.ask()
    assert (shelf.proposed.from_chapter, shelf.proposed.to_chapter) == (1, 10)
    with pytest.raises(CommandActive):
        shelf.ask()
    with pytest.raises(CommandActive):
        shelf.accept()
    shelf.comes(1)
    shelf.when(CancelContents())
    with pytest.raises(Refused):
        shelf.when(FailContents(correlation_id=work_id, code="X", message="x"), user_id=None)
    shelf.accept()
    assert shelf.reading() == ["No. 1"]
    shelf.when(RefuseContents(contents_id=shelf.proposed.contents_id))
    assert shelf.project.proposed is None
    assert shelf.reading() == ["No. 1"]


def test_a_finding_is_waived_with_a_reason_and_no_longer() -> None:
    shelf = Planning()
    shelf.when(WaiveContentsFinding(finding_id=FINDING, reason="Meant."))
    assert shelf.when(WaiveContentsFinding(finding_id=FINDING, reason="Meant.")) == ()
    assert dict(shelf.project.contents_waived) == {FINDING: "Meant."}
    shelf.when(UnwaiveContentsFinding(finding_id=FINDING))
    assert shelf.when(UnwaiveContentsFinding(finding_id=FINDING)) == ()
    assert dict(shelf.project.contents_waived) == {}


def test_entry_ids_do_not_depend_on_when_a_chapter_is_accepted() -> None:
    command_id = uuid4()
    ids = []
    for order in ((1, 2), (2, 1)):
        shelf = Planning()
        shelf.when(WriteContents(from_chapter=1, to_chapter=2), by=command_id)
        shelf.comes(1)
        shelf.comes(2)
        shelf.ends()
        for number in order[:1]:
            shelf.accept(number)
        ids.append(shelf.proposed.accepted)
    assert len({*ids[0].values(), *ids[1].values()}) == 2
