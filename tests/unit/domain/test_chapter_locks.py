"""Locked paragraphs: what would change, move or delete them is refused; what happens around them is not."""

from uuid import UUID

import pytest

from domain.chapter.commands import AcceptDraft, LockBlocks, UnlockBlocks
from domain.chapter.locks import BlocksLocked, BlocksUnlocked
from domain.rejections import NotFound, Refused
from tests.support.project import Page, delete, insert, move, replace

A, B, C = (UUID(int=number) for number in (1, 2, 3))


@pytest.fixture
def page() -> Page:
    page = Page()
    page.edit(insert(A, "Low water."), insert(B, "High water.", A), insert(C, "Slack.", B))
    page.when(LockBlocks(block_ids=(B,)))
    return page


@pytest.mark.parametrize("how", ["replace", "delete", "move"])
def test_a_locked_paragraph_is_not_touched(page: Page, how: str) -> None:
    version = page.version(B)
    edit = {"replace": replace(B, "Else.", version), "delete": delete(B, version), "move": move(B, version, C)}[how]
    with pytest.raises(Refused, match="Unlock it first") as refused:
        page.edit(insert(UUID(int=9), "New."), edit)
    assert refused.value.code == "BLOCK_LOCKED"
    assert page.texts == ["Low water.", "High water.", "Slack."], "all of the edits or none"


def test_what_stands_around_it_changes(page: Page) -> None:
    page.edit(replace(A, "Ebb.", page.version(A)), insert(UUID(int=9), "Between.", B), delete(C, page.version(C)))
    assert page.texts == ["Ebb.", "High water.", "Between."]


def test_it_changes_again_once_it_is_unlocked(page: Page) -> None:
    seen = page.version(B)
    (fact,) = page.when(UnlockBlocks(block_ids=(B, A)))
    assert isinstance(fact, BlocksUnlocked)
    assert fact.block_ids == (B,)
    page.edit(replace(B, "The sea rose.", seen))  # a lock changes no version
    assert page.texts[1] == "The sea rose."


def test_locked_twice_is_locked_once(page: Page) -> None:
    assert page.when(LockBlocks(block_ids=(B, B))) == ()
    (fact,) = page.when(LockBlocks(block_ids=(B, A, A)))
    assert isinstance(fact, BlocksLocked)
    assert fact.block_ids == (A,)
    assert page.when(UnlockBlocks(block_ids=(C,))) == ()


def test_only_what_is_there_is_locked_and_only_by_its_author(page: Page) -> None:
    with pytest.raises(Refused, match="no block"):
        page.when(LockBlocks(block_ids=(UUID(int=99),)))
    page.edit(delete(C, page.version(C)))
    with pytest.raises(Refused, match="no block"):
        page.when(LockBlocks(block_ids=(C,)))
    with pytest.raises(NotFound):
        page.when(UnlockBlocks(block_ids=(B,)), user_id=UUID(int=8))


def test_a_draft_goes_beside_it(page: Page) -> None:
    draft_id = page.written()
    page.when(AcceptDraft(draft_id=draft_id, after_block=A))
    block = page.chapter.blocks[B]
    assert (block.text, page.version(B), B in page.chapter.locked) == ("High water.", 2, True)
    assert page.texts[0] == "Low water."
    assert page.texts[-2:] == ["High water.", "Slack."]
