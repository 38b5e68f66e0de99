"""Locked paragraphs: what locks and unlocks them, the facts, and the decisions.

A locked paragraph is not replaced, moved or deleted by anything before its author unlocks it. What stands around it may
change, so its place among the others does.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, ClassVar
from uuid import UUID

from genesis_types.enums import ChapterCommandType
from pydantic import Field

from domain.aggregate import Body, DomainEvent
from domain.chapter import rejections
from domain.chapter.edits import Edit, InsertBlock
from domain.rejections import Refused

if TYPE_CHECKING:  # the state has these facts folded into it
    from domain.chapter.chapter import Chapter

Named = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1_000)]


class LockBlocks(Body):
    """Nothing changes, moves or deletes these paragraphs before they are unlocked."""

    command_type: ClassVar = ChapterCommandType.LOCK_BLOCKS
    block_ids: Named


class UnlockBlocks(Body):
    command_type: ClassVar = ChapterCommandType.UNLOCK_BLOCKS
    block_ids: Named


class BlocksLocked(DomainEvent):
    """Those that were not locked before. Their versions stay: the text is the same."""

    block_ids: tuple[UUID, ...]


class BlocksUnlocked(DomainEvent):
    block_ids: tuple[UUID, ...]


LockEvent = BlocksLocked | BlocksUnlocked


def fold_locks(locked: frozenset[UUID], event: DomainEvent) -> frozenset[UUID]:
    """The locked blocks after `event`. It never refuses."""
    match event:
        case BlocksLocked():
            return locked | set(event.block_ids)
        case BlocksUnlocked():
            return locked - set(event.block_ids)
        case _:
            return locked


def lock(body: LockBlocks, chapter: "Chapter", now: datetime) -> tuple[BlocksLocked, ...]:
    """None when all of them are locked already. Raises Refused for a block that is not there."""
    _are_there(body.block_ids, chapter)
    fresh = tuple(one for one in dict.fromkeys(body.block_ids) if one not in chapter.locked)
    return (BlocksLocked(occurred_at=now, block_ids=fresh),) if fresh else ()


def unlock(body: UnlockBlocks, chapter: "Chapter", now: datetime) -> tuple[BlocksUnlocked, ...]:
    _are_there(body.block_ids, chapter)
    there = tuple(one for one in dict.fromkeys(body.block_ids) if one in chapter.locked)
    return (BlocksUnlocked(occurred_at=now, block_ids=there),) if there else ()


def check_locks(edits: Iterable[Edit], locked: frozenset[UUID]) -> None:
    """Raises Refused when an edit touches a locked block."""
    if any(edit.block_id in locked for edit in edits if not isinstance(edit, InsertBlock)):
        raise Refused(rejections.BLOCK_LOCKED, "A locked paragraph stays as it is. Unlock it first to change it.")


def _are_there(block_ids: Iterable[UUID], chapter: "Chapter") -> None:
    missing = next((one for one in block_ids if one not in chapter.blocks), None)
    if missing is not None:
        raise Refused(rejections.UNKNOWN_BLOCK, f"There is no block {missing} in this chapter.")
