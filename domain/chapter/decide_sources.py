"""Decides about what has changed of a chapter's sources: its author may leave the chapter as it is."""

from datetime import datetime

from domain.chapter.chapter import Chapter
from domain.chapter.commands import AcknowledgeChanges
from domain.chapter.sources import ChangesAcknowledged


def acknowledged(body: AcknowledgeChanges, chapter: Chapter, now: datetime) -> tuple[ChangesAcknowledged, ...]:
    """None when all of them are acknowledged already. What no change is, or was, acknowledges nothing."""
    fresh = tuple(one for one in dict.fromkeys(body.change_ids) if one not in chapter.acknowledged)
    return (ChangesAcknowledged(occurred_at=now, change_ids=fresh, reason=body.reason),) if fresh else ()
