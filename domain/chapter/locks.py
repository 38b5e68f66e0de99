"""Locked paragraphs: the facts, and their fold, which both sides use.

A locked paragraph is not replaced, moved or deleted by anything before its author unlocks it. What stands around it may
change, so its place among the others does.
"""

from uuid import UUID

from domain.aggregate import DomainEvent


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
