"""Chosen paragraphs written otherwise, a text replaced by a new draft, and changes of sources that are acknowledged."""

from uuid import UUID, uuid4

import pytest

from domain.chapter.aggregate import CHAPTER
from domain.chapter.commands import AcceptDraft, AcknowledgeChanges, EditChapter, LockBlocks
from domain.chapter.draft_events import RewriteRequested, SceneDrafted
from domain.chapter.rejections import BlockConflict
from domain.chapter.sources import source
from domain.rejections import CommandActive, Refused
from tests.support.project import Page, insert, replace

IDS = tuple(UUID(int=at) for at in (1, 2, 3))


@pytest.fixture
def page() -> Page:
    page = Page()
    page.edit(insert(IDS[0], "One."), insert(IDS[1], "Two.", IDS[0]), insert(IDS[2], "Three.", IDS[1]))
    return page


def accept(page: Page, draft_id: UUID, *scenes: int, **more: bool) -> None:
    page.when(AcceptDraft(draft_id=draft_id, scenes=scenes or None, **more))


def test_chosen_paragraphs_are_asked_for_in_their_order_and_begin_work_of_their_own_name(page: Page) -> None:
    page.ask_again(IDS[2], IDS[0], wish="voice", person="Ines", instructions="Drily.")
    asked = page.facts[-1]
    assert isinstance(asked, RewriteRequested)
    assert [one.block_id for one in asked.selection.blocks] == [IDS[0], IDS[2]]
    work = CHAPTER.begun((asked,))
    assert work is not None
    assert work.command_type == "REWRITE_SELECTION"
    assert page.texts == ["One.", "Two.", "Three."]


def test_passages_are_accepted_part_by_part_in_place_of_their_paragraphs(page: Page) -> None:
    draft_id = page.ask_again(IDS[0], IDS[2])
    page.scene_comes(1, 2, paragraphs=("1.", "1½."))
    page.scene_comes(2, 2, paragraphs=("3!",))
    page.draft_comes("")
    accept(page, draft_id, 2)
    assert page.texts == ["One.", "Two.", "3!"]
    accept(page, draft_id)
    assert page.texts == ["1.", "1½.", "Two.", "3!"]
    assert page.chapter.order.shown[0] == IDS[0]  # the first paragraph keeps its id, and so its notes and its lock
    assert page.chapter.draft is None


def test_what_goes_on_stands_behind_the_last_of_them_which_stay(page: Page) -> None:
    page.when(LockBlocks(block_ids=(IDS[1],)))
    draft_id = page.ask_again(IDS[1], wish="continue")
    page.scene_comes(1, 1, paragraphs=("And then.", "And then."))
    page.draft_comes("")
    accept(page, draft_id)
    assert page.texts == ["One.", "Two.", "And then.", "And then.", "Three."]


def test_a_paragraph_that_changes_meanwhile_is_a_conflict_with_both_texts_and_other_parts_can_be_taken(
    page: Page,
) -> None:
    draft_id = page.ask_again(IDS[0], IDS[1])
    page.scene_comes(1, 2, paragraphs=("1.",))
    page.scene_comes(2, 2, paragraphs=("2.",))
    page.draft_comes("")
    page.edit(replace(IDS[0], "Mine.", page.version(IDS[0])))
    with pytest.raises(BlockConflict) as conflict:
        accept(page, draft_id)
    assert [(one.mine, one.current) for one in conflict.value.blocks] == [("1.", "Mine.")]
    accept(page, draft_id, 2)
    assert page.texts == ["Mine.", "2.", "Three."]


def test_a_locked_paragraph_is_not_asked_for_nor_replaced_when_it_was_locked_since(page: Page) -> None:
    page.when(LockBlocks(block_ids=(IDS[0],)))
    with pytest.raises(Refused) as locked:
        page.ask_again(IDS[0])
    assert locked.value.code == "BLOCK_LOCKED"
    draft_id = page.ask_again(IDS[1])
    page.scene_comes(1, 1, paragraphs=("2.",))
    page.draft_comes("")
    page.when(LockBlocks(block_ids=(IDS[1],)))
    with pytest.raises(Refused) as since:
        accept(page, draft_id)
    assert since.value.code == "BLOCK_LOCKED"


def test_a_draft_that_waits_is_not_lost_to_a_selection_and_work_goes_one_at_a_time(page: Page) -> None:
    draft_id = page.written()
    with pytest.raises(Refused) as waits:
        page.ask_again(IDS[0])
    assert waits.value.code == "DRAFT_WAITS"
    accept(page, draft_id)
    page.ask_again(IDS[0])
    with pytest.raises(CommandActive):
        page.ask_again(IDS[1])
    with pytest.raises(Refused) as wrong:
        page.scene_comes(1, 2)  # one passage was asked for
    assert wrong.value.code == "UNKNOWN_SCENE"


def test_a_paragraph_that_is_not_as_its_author_saw_it_or_is_empty_is_not_asked_for(page: Page) -> None:
    versions = page.version(IDS[0])
    page.edit(replace(IDS[0], " ", versions))
    with pytest.raises(Refused) as nothing:
        page.ask_again(IDS[0])
    assert nothing.value.code == "NOTHING_TO_REWRITE"
    with pytest.raises(Refused) as unknown:
        page.ask_again_at(uuid4(), 1)
    assert unknown.value.code == "UNKNOWN_BLOCK"
    with pytest.raises(BlockConflict):
        page.ask_again_at(IDS[0], versions)


def test_a_draft_in_place_of_the_text_leaves_what_is_locked(page: Page) -> None:
    page.when(LockBlocks(block_ids=(IDS[1],)))
    draft_id = page.written(2, anew=True)
    accept(page, draft_id, 1, replace=True)
    assert page.texts == ["Two.", "1 begins.", "1 ends."]
    accept(page, draft_id, replace=True)
    assert page.texts == ["Two.", "1 begins.", "1 ends.", "2 begins.", "2 ends."]


def test_a_draft_that_is_gone_on_with_stays_one_that_was_begun_anew(page: Page) -> None:
    page.ask(anew=True)
    page.scene_comes(1, 2)
    page.draft_fails()
    page.ask(go_on=True)
    assert page.facts[-1].anew is True


def test_what_a_writer_was_told_is_recorded_once_while_it_stays_the_same(page: Page) -> None:
    first, second = source("plan", "Low water.", "goal"), source("plan", "High water.", "goal")
    page.ask()
    for number, told in enumerate((first, first, second), start=1):
        page.scene_comes(number, 3, sources=(told,))
    scenes = [fact for fact in page.facts if isinstance(fact, SceneDrafted)]
    assert [scene.sources for scene in scenes] == [(first,), None, (second,)]


def test_changes_are_acknowledged_once(page: Page) -> None:
    one, other = uuid4(), uuid4()
    page.when(AcknowledgeChanges(change_ids=(one,), reason="It was meant."))
    (fact,) = page.when(AcknowledgeChanges(change_ids=(one, other)))
    assert fact.change_ids == (other,)
    assert page.when(AcknowledgeChanges(change_ids=(one, other))) == ()


def test_an_edit_is_one_of_meaning_unless_it_says_that_it_is_of_style_only(page: Page) -> None:
    page.edit(replace(IDS[0], "Uno.", page.version(IDS[0])))
    assert page.facts[-1].style_only is False
    edits = (replace(IDS[0], "Eins.", page.version(IDS[0])),)
    (fact,) = page.when(EditChapter(edits=edits, style_only=True))
    assert fact.style_only is True
