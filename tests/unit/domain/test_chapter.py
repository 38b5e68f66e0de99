"""A chapter's text: edits of blocks, conflicts on one block that show both texts, and none between two."""

from uuid import UUID, uuid4

import pytest
from genesis_types.enums import ChapterStatus
from pydantic import ValidationError

from domain.chapter.commands import EditChapter, SetChapterStatus
from domain.chapter.events import ChapterEdited, ChapterOpened, ChapterStatusSet
from domain.chapter.rejections import BlockConflict, ConflictingBlock
from domain.project.commands import RemoveEntry
from domain.rejections import NotFound, Refused
from tests.support.project import WRITER, Page, delete, insert, move, replace

A, B, C = (UUID(int=number) for number in (1, 2, 3))


def three() -> Page:
    page = Page()
    page.edit(insert(A, "Low water."), insert(B, "High water.", A), insert(C, "Slack.", B))
    return page


def test_a_chapter_is_opened_once() -> None:
    page = Page(opened=False)
    (fact,) = page.open()
    assert isinstance(fact, ChapterOpened)
    assert (fact.user_id, fact.project_id) == (WRITER, page.shelf.stream_id)
    assert page.open() == ()


def test_only_a_chapter_of_my_contents_is_opened() -> None:
    page = Page(opened=False)
    page.stream_id = page.shelf.add("part", "A part")
    with pytest.raises(Refused, match="text is written in chapters"):
        page.open()
    page.stream_id = uuid4()
    with pytest.raises(NotFound, match="no such chapter"):
        page.open()
    with pytest.raises(NotFound, match="no such chapter"):
        Page(opened=False).open(user_id=UUID(int=99))


def test_a_chapter_that_was_removed_meanwhile_takes_what_was_typed() -> None:
    page = Page(opened=False)
    page.shelf.when(RemoveEntry(entry_id=page.stream_id))
    page.open()
    page.edit(insert(A, "Not lost."))
    assert page.texts == ["Not lost."]


def test_blocks_are_inserted_replaced_moved_and_deleted() -> None:
    page = three()
    assert page.texts == ["Low water.", "High water.", "Slack."]
    page.edit(replace(B, "The sea rose.", page.version(B)))
    page.edit(move(C, page.version(C)))
    page.edit(delete(A, page.version(A)))
    assert page.texts == ["Slack.", "The sea rose."]


def test_what_follows_a_deleted_block_has_its_place() -> None:
    page = three()
    page.edit(delete(B, page.version(B)))
    page.edit(insert(UUID(int=9), "Between.", B))
    assert page.texts == ["Low water.", "Between.", "Slack."]


def test_an_event_holds_what_was_edited_and_nothing_else() -> None:
    page = Page()
    page.edit(*(insert(UUID(int=number + 1), "word " * 100) for number in range(100)))
    block = UUID(int=50)
    for number in range(200):
        page.edit(replace(block, f"changed {number}", page.version(block)))
    edits = [fact for fact in page.facts[2:] if isinstance(fact, ChapterEdited)]
    assert max(len(fact.model_dump_json()) for fact in edits) < 300
    assert edits[-1].words == 99 * 100 + 2


def test_the_same_block_twice_is_a_conflict_that_shows_both() -> None:
    page = three()
    seen = page.version(B)
    page.edit(replace(B, "Mine first.", seen))
    with pytest.raises(BlockConflict) as refused:
        page.edit(replace(A, "Another block.", page.version(A)), replace(B, "Yours second.", seen))
    assert refused.value.blocks == (ConflictingBlock(B, "Yours second.", "Mine first.", page.version(B)),)
    assert page.texts[0] == "Low water.", "all of it or nothing"


def test_a_block_that_was_deleted_meanwhile_is_a_conflict_as_well() -> None:
    page = three()
    seen = page.version(B)
    page.edit(delete(B, seen))
    with pytest.raises(BlockConflict) as refused:
        page.edit(replace(B, "My words.", seen))
    assert refused.value.blocks == (ConflictingBlock(B, "My words.", None, page.chapter.version),)
    with pytest.raises(BlockConflict):
        page.edit(delete(B, seen))


def test_different_blocks_never_conflict() -> None:
    page = three()
    seen = {block_id: page.version(block_id) for block_id in (A, B, C)}
    page.edit(replace(A, "One.", seen[A]))
    page.edit(delete(B, seen[B]))
    page.edit(replace(C, "Three.", seen[C]))
    assert page.texts == ["One.", "Three."]


def test_ids_that_cannot_be_are_refused() -> None:
    page = three()
    with pytest.raises(Refused, match="was used for another block"):
        page.edit(insert(A, "again"))
    page.edit(delete(A, page.version(A)))
    for edits in (
        (insert(A, "the id of a deleted one"),),
        (insert(UUID(int=9), "x", UUID(int=10)),),
        (replace(UUID(int=9), "x", 1),),
        (move(B, page.version(B), B),),
        (delete(B, page.version(B)), replace(B, "x", page.version(B))),
    ):
        with pytest.raises(Refused):
            page.edit(*edits)


def test_every_block_that_is_named_has_the_version_of_the_answer() -> None:
    page = three()
    page.edit(replace(A, "Low water.", page.version(A)), move(C, page.version(C)))
    assert page.version(A) == page.version(C) == page.chapter.version
    page.edit(replace(A, "Other.", page.version(A)), replace(A, "Last.", page.version(A)))
    assert page.texts == ["Slack.", "Last.", "High water."]


def test_words_are_counted_in_every_script() -> None:
    page = Page()
    (fact,) = page.edit(insert(A, "The sea’s clock"), insert(B, "盐钟 stops", A))
    assert fact.words == 3 + 3


def test_the_first_text_begins_the_writing() -> None:
    page = Page()
    assert page.chapter.status is ChapterStatus.DRAFT
    page.edit(insert(A, "Low water."))
    assert page.chapter.status is ChapterStatus.WRITING
    (fact,) = page.when(SetChapterStatus(status=ChapterStatus.FINAL))
    assert isinstance(fact, ChapterStatusSet)
    page.edit(replace(A, "Lower.", page.version(A)))
    assert page.chapter.status is ChapterStatus.FINAL
    assert page.when(SetChapterStatus(status=ChapterStatus.FINAL)) == ()


def test_a_strangers_chapter_and_one_that_is_not_open_are_not_there() -> None:
    with pytest.raises(NotFound, match="no such chapter"):
        Page().when(SetChapterStatus(status=ChapterStatus.FINAL), user_id=UUID(int=99))
    with pytest.raises(NotFound, match="no such chapter"):
        Page(opened=False).edit(insert(A, "x"))


def test_a_chapter_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.chapter.decide_edits.MOST_CHARACTERS", 20)
    page = Page()
    page.edit(insert(A, "x" * 20))
    with pytest.raises(Refused, match="Go on in a new chapter"):
        page.edit(insert(B, "y", A))


@pytest.mark.parametrize("text", ["x" * 50_001, "\x00", "\ud800"])
def test_text_that_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        EditChapter.model_validate({"edits": [{"op": "insert", "block_id": str(A), "text": text}]})


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '#image("/etc/passwd")', "![](file:///etc/passwd)", "\\input{x}"]
)
def test_markup_is_text(text: str) -> None:
    page = Page()
    page.edit(insert(A, text))
    assert page.texts == [text]
