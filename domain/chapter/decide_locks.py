"""Decisions about locked paragraphs: what is locked and unlocked, and which edits a lock refuses."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from domain.chapter import rejections
from domain.chapter.chapter import Chapter
from domain.chapter.commands import LockBlocks, UnlockBlocks
from domain.chapter.edits import Edit, InsertBlock
from domain.chapter.locks import BlocksLocked, BlocksUnlocked
from domain.rejections import Refused


def lock(body: LockBlocks, chapter: Chapter, now: datetime) -> tuple[BlocksLocked, ...]:
    """None when all of them are locked already. Raises Refused for a block that is not there."""
    _are_there(body.block_ids, chapter)
    fresh = tuple(one for one in dict.fromkeys(body.block_ids) if one not in chapter.locked)
    return (BlocksLocked(occurred_at=now, block_ids=fresh),) if fresh else ()


def unlock(body: UnlockBlocks, chapter: Chapter, now: datetime) -> tuple[BlocksUnlocked, ...]:
    _are_there(body.block_ids, chapter)
    there = tuple(one for one in dict.fromkeys(body.block_ids) if one in chapter.locked)
    return (BlocksUnlocked(occurred_at=now, block_ids=there),) if there else ()


def check_locks(edits: Iterable[Edit], locked: frozenset[UUID]) -> None:
    """Raises Refused when an edit touches a locked block."""
    if any(edit.block_id in locked for edit in edits if not isinstance(edit, InsertBlock)):
        raise Refused(rejections.BLOCK_LOCKED, "A locked paragraph stays as it is. Unlock it first to change it.")


def _are_there(block_ids: Iterable[UUID], chapter: Chapter) -> None:
    missing = next((one for one in block_ids if one not in chapter.blocks), None)
    if missing is not None:
        raise Refused(rejections.UNKNOWN_BLOCK, f"There is no block {missing} in this chapter.")
