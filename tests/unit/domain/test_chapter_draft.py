"""A chapter's draft: asked for once at a time, recorded scene by scene, ended in every way, taken or left."""

from uuid import uuid4

import pytest
from genesis_types.enums import ChapterStatus, CommandStatus, DraftStatus
from pydantic import ValidationError

from domain.chapter.aggregate import CHAPTER
from domain.chapter.commands import AcceptDraft, CancelDraft, DraftChapter, FailDraft, RecordScene, RefuseDraft
from domain.chapter.decide import PROJECT
from domain.chapter.draft_events import (
    ChapterDraftCancelled,
    ChapterDrafted,
    ChapterDraftFailed,
    ChapterDraftRequested,
    DraftAccepted,
    SceneDrafted,
)
from domain.chapter.events import ChapterOpened
from domain.project.commands import RemoveEntry
from domain.rejections import CommandActive, NotFound, Refused
from tests.support.project import Page, insert


def refused(code: str, page: Page, body: object) -> None:
    with pytest.raises(Refused) as error:
        page.when(body, needed={PROJECT: page.shelf.project})  # type: ignore[arg-type]
    assert error.value.code == code


def test_asking_begins_work_that_the_last_scene_and_the_summary_end() -> None:
    page = Page()
    command_id = uuid4()
    body = DraftChapter(project_id=page.shelf.stream_id, instructions="Slowly.", target_words=5_000)
    facts = page.when(body, needed={PROJECT: page.shelf.project}, by=command_id)
    (asked,) = facts
    assert isinstance(asked, ChapterDraftRequested)
    work = CHAPTER.begun(facts)
    assert work is not None
    assert (work.command_id, work.command_type) == (command_id, "DRAFT_CHAPTER")
    assert (work.deadline_at - asked.occurred_at).total_seconds() == 3 * 600  # 2,000 words have the time of one
    for number in (1, 2):
        assert CHAPTER.ended(page.scene_comes(number, 2)) is None
    ended = CHAPTER.ended(page.draft_comes())
    assert ended is not None
    assert (ended.correlation_id, ended.status) == (work.correlation_id, CommandStatus.COMPLETED)
    draft = page.chapter.draft
    assert draft is not None
    assert (draft.status, draft.came, draft.of, draft.cost_usd) == (DraftStatus.WRITTEN, 2, 2, 1.25)
    assert page.texts == []  # nothing is in the text before it is accepted


def test_a_chapter_that_was_never_opened_is_opened_by_asking() -> None:
    page = Page(opened=False)
    page.ask()
    assert [type(fact) for fact in page.facts] == [ChapterOpened, ChapterDraftRequested]


def test_one_draft_at_a_time() -> None:
    page = Page()
    page.ask()
    with pytest.raises(CommandActive, match="being written"):
        page.ask()
    with pytest.raises(CommandActive):
        page.when(RefuseDraft(draft_id=page.chapter.draft.draft_id))  # type: ignore[union-attr]


def test_only_the_owner_asks_and_only_for_a_chapter_of_the_contents() -> None:
    page = Page()
    body = DraftChapter(project_id=page.shelf.stream_id)
    with pytest.raises(NotFound):
        page.when(body, user_id=uuid4(), needed={PROJECT: page.shelf.project})
    with pytest.raises(NotFound):
        page.when(DraftChapter(project_id=uuid4()), needed={PROJECT: page.shelf.project})
    page.shelf.when(RemoveEntry(entry_id=page.stream_id))
    refused("CHAPTER_REMOVED", page, body)


def test_a_scene_is_recorded_once_and_in_its_order() -> None:
    page = Page()
    work = page.ask()
    page.scene_comes(1)
    assert page.scene_comes(1) == ()
    with pytest.raises(Refused, match="does not follow"):
        page.scene_comes(3)
    with pytest.raises(Refused, match="Not all scenes"):
        page.draft_comes()
    page.when(CancelDraft())
    late = RecordScene(
        correlation_id=work, project_id=page.shelf.stream_id, number=2, of=3, aim="", paragraphs=("Late.",)
    )
    refused("WORK_NOT_ACTIVE", page, late)
    refused("WORK_NOT_ACTIVE", page, CancelDraft())


@pytest.mark.parametrize("paragraphs", [(), ("x\x00",), ("x" * 50_001,)], ids=["none", "nul", "too-long"])
def test_what_is_no_scene_is_refused(paragraphs: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        RecordScene(correlation_id=uuid4(), project_id=uuid4(), number=1, of=1, aim="", paragraphs=paragraphs)


@pytest.mark.parametrize("how", ["failed", "cancelled"])
def test_what_ended_early_keeps_its_scenes_and_is_gone_on_from(how: str) -> None:
    page = Page()
    first = page.ask(instructions="Slowly.", target_words=900)
    refused("NO_DRAFT", page, AcceptDraft(draft_id=uuid4()))
    page.scene_comes(1)
    ended = CHAPTER.ended(page.draft_fails() if how == "failed" else page.when(CancelDraft()))
    assert ended is not None
    assert (ended.status, ended.error_message) == (
        CommandStatus.FAILED,
        "TIMED_OUT" if how == "failed" else "CANCELLED",
    )
    second = page.ask(go_on=True, writer="muse")
    (asked,) = page.facts[-1:]
    assert (asked.draft_id, asked.kept, asked.turn) == (first, 1, 2)
    assert (asked.instructions, asked.target_words, asked.writer) == ("Slowly.", 900, "muse")
    assert second != first
    page.scene_comes(2)
    assert [scene.correlation_id for scene in page.chapter.scenes] == [first, second]


def test_there_is_nothing_to_go_on_from_without_scenes_or_with_all_of_them() -> None:
    page = Page()
    body = DraftChapter(project_id=page.shelf.stream_id, go_on=True)
    refused("NOTHING_TO_GO_ON_FROM", page, body)
    page.ask()
    page.draft_fails()
    refused("NOTHING_TO_GO_ON_FROM", page, body)
    page.written()
    refused("NOTHING_TO_GO_ON_FROM", page, body)


def test_a_chapter_that_is_removed_while_it_is_written_keeps_the_scene_and_ends() -> None:
    page = Page()
    page.ask()
    page.shelf.when(RemoveEntry(entry_id=page.stream_id))
    scene, end = page.scene_comes(1)
    assert isinstance(scene, SceneDrafted)
    assert isinstance(end, ChapterDraftFailed)
    assert end.code == "CHAPTER_REMOVED"
    page.when(AcceptDraft(draft_id=scene.draft_id))
    assert page.texts == ["1 begins.", "1 ends."]


def test_all_of_it_is_accepted_behind_the_text_with_its_summary() -> None:
    page = Page()
    page.edit(insert(uuid4(), "Before."))
    draft_id = page.written(2)
    (fact,) = page.when(AcceptDraft(draft_id=draft_id))
    assert isinstance(fact, DraftAccepted)
    assert page.texts == ["Before.", "1 begins.", "1 ends.", "2 begins.", "2 ends."]
    assert (fact.words, fact.scenes) == (9, (1, 2))
    chapter = page.chapter
    assert (chapter.draft, chapter.scenes, chapter.summary) == (None, (), "The tide turned.")
    assert chapter.status is ChapterStatus.WRITING
    refused("NO_DRAFT", page, AcceptDraft(draft_id=draft_id))


def test_scenes_that_are_accepted_one_by_one_stand_in_their_order() -> None:
    page = Page()
    page.edit(insert(uuid4(), "Before."))
    draft_id = page.written(3)
    page.when(AcceptDraft(draft_id=draft_id, scenes=(2,)))
    page.when(AcceptDraft(draft_id=draft_id, scenes=(3,)))
    assert page.chapter.summary == ""
    refused("NOTHING_TO_ACCEPT", page, AcceptDraft(draft_id=draft_id, scenes=(2,)))
    refused("UNKNOWN_SCENE", page, AcceptDraft(draft_id=draft_id, scenes=(4,)))
    page.when(AcceptDraft(draft_id=draft_id))
    assert page.texts == ["Before.", *(f"{number} {how}." for number in (1, 2, 3) for how in ("begins", "ends"))]
    assert page.chapter.summary == "The tide turned."


def test_scenes_stand_behind_the_block_that_is_named() -> None:
    page = Page()
    one, other = uuid4(), uuid4()
    page.edit(insert(one, "One."), insert(other, "Other.", one))
    page.written(1)
    body = AcceptDraft(draft_id=page.chapter.draft.draft_id, after_block=one)  # type: ignore[union-attr]
    page.when(body)
    assert page.texts == ["One.", "1 begins.", "1 ends.", "Other."]


def test_a_block_that_is_not_there_is_no_place() -> None:
    page = Page()
    draft_id = page.written(1)
    refused("UNKNOWN_BLOCK", page, AcceptDraft(draft_id=draft_id, after_block=uuid4()))


def test_what_is_refused_is_gone_and_a_new_draft_takes_the_place_of_one() -> None:
    page = Page()
    first = page.written(1)
    second = page.written(1)
    assert first != second
    refused("NO_DRAFT", page, RefuseDraft(draft_id=first))
    page.when(RefuseDraft(draft_id=second))
    assert (page.chapter.draft, page.chapter.scenes) == (None, ())


def test_a_scene_of_an_unknown_price_makes_the_whole_cost_unknown_and_one_that_used_nothing_does_not() -> None:
    page = Page()
    page.ask()
    page.scene_comes(1, cost_usd=None)
    assert page.chapter.draft is not None
    assert page.chapter.draft.cost_usd == 0
    body = RecordScene(
        correlation_id=page.chapter.draft.correlation_id,
        project_id=page.shelf.stream_id,
        number=2,
        of=3,
        aim="",
        paragraphs=("x",),
        usage={"output_tokens": 3},
    )
    page.when(body, user_id=None, needed={PROJECT: page.shelf.project})
    assert page.chapter.draft.cost_usd is None


def test_work_past_its_deadline_is_failed_by_the_aggregates_own_command() -> None:
    page = Page()
    work = page.ask()
    body = CHAPTER.late("DRAFT_CHAPTER", work)
    assert isinstance(body, FailDraft)
    (fact,) = page.when(body, user_id=None)
    assert isinstance(fact, ChapterDraftFailed)
    assert fact.code == "DEADLINE_PASSED"


def test_the_ends_are_told_apart() -> None:
    assert {ChapterDrafted, ChapterDraftFailed, ChapterDraftCancelled} <= set(CHAPTER.events)
