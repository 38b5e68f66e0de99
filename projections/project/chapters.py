"""The chapters projection: how far each chapter is, and its text, a row for each block: edits write what they edit."""

from datetime import datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from genesis_types.enums import ChapterStatus
from genesis_types.words import count_words

from domain.chapter.edits import DeleteBlock, InsertBlock, ReplaceText
from domain.chapter.events import ChapterEdited, ChapterOpened, Event, fold_status
from domain.chapter.order import BlockOrder
from projections.engine.projection import Key, Projection, Row, StoredEvent, Table


class ChapterRow(Row):
    chapter_id: UUID
    project_id: UUID
    user_id: UUID
    status: str
    words: int
    block_order: BlockOrder
    version: int
    opened_at: datetime
    last_event_at: datetime


class BlockRow(Row):
    """A paragraph that is shown. `version`: the chapter's version that changed it last."""

    chapter_id: UUID
    block_id: UUID
    text: str
    words: int
    version: int


def apply_chapter(row: ChapterRow | None, stored: StoredEvent, _key: Key) -> ChapterRow:
    event = cast(Event, stored.event)
    if isinstance(event, ChapterOpened):
        return ChapterRow(
            chapter_id=stored.stream_id,
            project_id=event.project_id,
            user_id=event.user_id,
            status=ChapterStatus.DRAFT,
            words=0,
            block_order=BlockOrder(),
            version=stored.version,
            opened_at=event.occurred_at,
            last_event_at=event.occurred_at,
        )
    assert row is not None, f"{type(event).__name__} cannot be the first event of a chapter"
    update: dict[str, Any] = {
        "status": fold_status(ChapterStatus(row.status), event).value,
        "version": stored.version,
        "last_event_at": event.occurred_at,
    }
    if isinstance(event, ChapterEdited):
        update |= {"words": event.words, "block_order": row.block_order.after(event.edits)}
    return row.model_copy(update=update)


def _blocks(stored: StoredEvent) -> tuple[Key, ...]:
    if not isinstance(stored.event, ChapterEdited):
        return ()
    named = dict.fromkeys(edit.block_id for edit in stored.event.edits)
    return tuple((stored.stream_id, block_id) for block_id in named)


def apply_block(row: BlockRow | None, stored: StoredEvent, key: Key) -> BlockRow | None:
    assert isinstance(stored.event, ChapterEdited), "only edits touch blocks"
    for edit in stored.event.edits:
        if edit.block_id != key[1]:
            continue
        match edit:
            case InsertBlock() | ReplaceText():
                row = BlockRow(
                    chapter_id=key[0],
                    block_id=key[1],
                    text=edit.text,
                    words=count_words(edit.text),
                    version=stored.version,
                )
            case DeleteBlock():
                row = None
            case _:
                row = row and row.model_copy(update={"version": stored.version})
    return row


CHAPTERS = Projection(
    name="chapters",
    version=1,
    reads={"chapter": None},
    sql=Path(__file__).with_name("chapters.sql"),
    tables=(
        Table(name="chapters", row=ChapterRow, key=(("chapter_id", "uuid"),), stream="chapter_id", apply=apply_chapter),
        Table(
            name="chapter_blocks",
            row=BlockRow,
            key=(("chapter_id", "uuid"), ("block_id", "uuid")),
            stream="chapter_id",
            keys=_blocks,
            apply=apply_block,
        ),
    ),
)
