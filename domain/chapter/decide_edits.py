"""Decisions about edits of blocks: ids that can be, versions that a writer has seen, and how long a chapter may be."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from domain.chapter import rejections
from domain.chapter.chapter import Chapter, edited
from domain.chapter.commands import EditChapter
from domain.chapter.decide_locks import check_locks
from domain.chapter.edits import DeleteBlock, Edit, InsertBlock, MoveBlock, ReplaceText
from domain.chapter.events import ChapterEdited
from domain.chapter.rejections import BlockConflict, ConflictingBlock
from domain.rejections import Refused

MOST_BLOCKS = 10_000
MOST_CHARACTERS = 1_000_000


def changed(body: EditChapter, chapter: Chapter, now: datetime) -> tuple[ChapterEdited, ...]:
    """All of the edits as one fact, so that each block they name has its version: that of the answer.

    Raises BlockConflict, or Refused for ids that cannot be.
    """
    words = words_after(body.edits, chapter)
    return (ChapterEdited(occurred_at=now, edits=body.edits, words=words, style_only=body.style_only),)


def words_after(edits: tuple[Edit, ...], chapter: Chapter) -> int:
    """The words of the whole chapter after `edits`. Raises BlockConflict, or Refused, for a locked one as well."""
    _check_ids(edits, chapter)
    check_locks(edits, chapter.locked)
    conflicts = tuple(_conflicts(edits, chapter))
    if conflicts:
        raise BlockConflict(chapter.version, conflicts)
    blocks = edited(chapter.blocks, edits, chapter.version + 1)
    if len(blocks) > MOST_BLOCKS or sum(len(block.text) for block in blocks.values()) > MOST_CHARACTERS:
        said = f"A chapter has at most {MOST_BLOCKS:,} paragraphs and {MOST_CHARACTERS:,} characters."
        raise Refused(rejections.CHAPTER_TOO_LONG, f"{said} Go on in a new chapter.")
    return sum(block.words for block in blocks.values())


def _check_ids(edits: tuple[Edit, ...], chapter: Chapter) -> None:
    """Raises Refused for a new block whose id was used before, and for one that never was or that these edits delete
    before they change it."""
    known, gone = set(chapter.order.ids), set[UUID]()
    for edit in edits:
        if isinstance(edit, InsertBlock):
            if edit.block_id in known:
                raise Refused(rejections.BLOCK_ID_TAKEN, f"The id {edit.block_id} was used for another block.")
        elif edit.block_id not in known or edit.block_id in gone:
            raise _unknown(edit.block_id)
        after = edit.after if isinstance(edit, InsertBlock | MoveBlock) else None
        if after is not None and (after not in known or after == edit.block_id):
            raise _unknown(after)
        known.add(edit.block_id)
        if isinstance(edit, DeleteBlock):
            gone.add(edit.block_id)


def _conflicts(edits: tuple[Edit, ...], chapter: Chapter) -> Iterator[ConflictingBlock]:
    """Blocks that are not as the writer saw them. What these edits insert, nobody else has changed."""
    own = {edit.block_id for edit in edits if isinstance(edit, InsertBlock)}
    told = set[UUID]()
    for edit in edits:
        if isinstance(edit, InsertBlock) or edit.block_id in own | told:
            continue
        block = chapter.blocks.get(edit.block_id)
        if block is None or block.version != edit.based_on:
            told.add(edit.block_id)
            mine = next(
                (one.text for one in reversed(edits) if isinstance(one, ReplaceText) and one.block_id == edit.block_id),
                None,
            )
            yield ConflictingBlock(
                edit.block_id, mine, block.text if block else None, block.version if block else chapter.version
            )


def _unknown(block_id: UUID) -> Refused:
    return Refused(rejections.UNKNOWN_BLOCK, f"There is no block {block_id} in this chapter.")
