"""The continuity projection: what each paragraph of a chapter's text states, and the findings that are waived.

Of a chapter only what is in its text is read: edits, and drafts that were accepted.
"""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from domain.chapter.draft_events import DraftAccepted
from domain.chapter.edits import DeleteBlock, InsertBlock, ReplaceText
from domain.chapter.events import ChapterEdited, ChapterOpened
from domain.chapter.order import BlockOrder
from domain.continuity.paragraph import read
from domain.continuity.reading import Reading
from domain.project.events import FindingUnwaived, FindingWaived, ProjectCreated
from projections.engine.projection import Key, Projection, Row, StoredEvent, Table


class ContinuityChapterRow(Row):
    """An opened chapter, and the order of its paragraphs."""

    chapter_id: UUID
    project_id: UUID
    user_id: UUID
    block_order: BlockOrder
    version: int


class ReadingRow(Row):
    """What a paragraph states. `version`: the chapter's version that changed its text last."""

    chapter_id: UUID
    block_id: UUID
    reading: Reading
    version: int


class WaiverRow(Row):
    """A finding that is meant, and why."""

    project_id: UUID
    finding_id: UUID
    reason: str
    waived_at: datetime


def _chapters(stored: StoredEvent) -> tuple[Key, ...]:
    return ((stored.stream_id,),) if isinstance(stored.event, ChapterOpened | ChapterEdited | DraftAccepted) else ()


def apply_chapter(row: ContinuityChapterRow | None, stored: StoredEvent, key: Key) -> ContinuityChapterRow | None:
    match stored.event:
        case ChapterOpened() as event:
            return ContinuityChapterRow(
                chapter_id=key[0],
                project_id=event.project_id,
                user_id=event.user_id,
                block_order=BlockOrder(),
                version=stored.version,
            )
        case ChapterEdited() | DraftAccepted() as event:
            assert row is not None, "a chapter is opened before it is edited"
            return row.model_copy(update={"block_order": row.block_order.after(event.edits), "version": stored.version})
        case _:
            return row


def _blocks(stored: StoredEvent) -> tuple[Key, ...]:
    if not isinstance(stored.event, ChapterEdited | DraftAccepted):
        return ()
    changing = (one for one in stored.event.edits if isinstance(one, InsertBlock | ReplaceText | DeleteBlock))
    return tuple((stored.stream_id, block_id) for block_id in dict.fromkeys(one.block_id for one in changing))


def apply_block(_row: ReadingRow | None, stored: StoredEvent, key: Key) -> ReadingRow | None:
    """Only the last edit of a paragraph counts: its text is read once."""
    assert isinstance(stored.event, ChapterEdited | DraftAccepted), "only edits touch paragraphs"
    for edit in reversed(stored.event.edits):
        if edit.block_id != key[1]:
            continue
        match edit:
            case InsertBlock() | ReplaceText():
                return ReadingRow(chapter_id=key[0], block_id=key[1], reading=read(edit.text), version=stored.version)
            case DeleteBlock():
                return None
            case _:
                continue
    return _row


def _waivers(stored: StoredEvent) -> tuple[Key, ...]:
    if isinstance(stored.event, FindingWaived | FindingUnwaived):
        return ((stored.stream_id, stored.event.finding_id),)
    return ()


def apply_waiver(_row: WaiverRow | None, stored: StoredEvent, key: Key) -> WaiverRow | None:
    if not isinstance(stored.event, FindingWaived):
        return None
    return WaiverRow(
        project_id=key[0], finding_id=key[1], reason=stored.event.reason, waived_at=stored.event.occurred_at
    )


def _named(*events: type) -> frozenset[str]:
    return frozenset(one.__name__ for one in events)


CONTINUITY = Projection(
    name="continuity",
    version=1,
    reads={
        "chapter": _named(ChapterOpened, ChapterEdited, DraftAccepted),
        "project": _named(ProjectCreated, FindingWaived, FindingUnwaived),
    },
    sql=Path(__file__).with_name("continuity.sql"),
    tables=(
        Table(
            name="continuity_chapters",
            row=ContinuityChapterRow,
            key=(("chapter_id", "uuid"),),
            stream="chapter_id",
            keys=_chapters,
            apply=apply_chapter,
        ),
        Table(
            name="continuity_blocks",
            row=ReadingRow,
            key=(("chapter_id", "uuid"), ("block_id", "uuid")),
            stream="chapter_id",
            keys=_blocks,
            apply=apply_block,
        ),
        Table(
            name="continuity_waivers",
            row=WaiverRow,
            key=(("project_id", "uuid"), ("finding_id", "uuid")),
            stream="project_id",
            keys=_waivers,
            apply=apply_waiver,
        ),
    ),
)
