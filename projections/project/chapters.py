"""The chapters projection: how far each chapter is, its text and its drafts, a row for each block and each scene."""

from datetime import datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid5

from genesis_types.enums import ChapterStatus
from genesis_types.words import count_words

from domain.chapter.draft import Draft, fold_draft
from domain.chapter.draft_events import DraftAccepted, SceneDrafted
from domain.chapter.edits import DeleteBlock, InsertBlock, MoveBlock, ReplaceText
from domain.chapter.events import ChapterEdited, ChapterOpened, Event, fold_status
from domain.chapter.locks import BlocksLocked, BlocksUnlocked
from domain.chapter.order import BlockOrder
from domain.chapter.sources import ChangesAcknowledged, Source
from domain.prose.critique import SceneCritique
from projections.engine.projection import Key, Projection, Row, StoredEvent, Table


class ChapterRow(Row):
    """`summary`: of the draft that was accepted last, whole. `draft`: as in domain/chapter/draft.py, without words.

    `acknowledged`: the reason of each change of its sources that its author is fine with.
    """

    chapter_id: UUID
    project_id: UUID
    user_id: UUID
    status: str
    words: int
    block_order: BlockOrder
    summary: str
    draft: Draft | None
    acknowledged: dict[str, str]
    version: int
    opened_at: datetime
    last_event_at: datetime


class BlockRow(Row):
    """A paragraph that is shown. `version`: the chapter's version that changed it last.

    `meaning`: the one that changed last what it says, and not only its style or its place.
    """

    chapter_id: UUID
    block_id: UUID
    text: str
    words: int
    version: int
    meaning: int
    locked: bool


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
            summary="",
            draft=None,
            acknowledged={},
            version=stored.version,
            opened_at=event.occurred_at,
            last_event_at=event.occurred_at,
        )
    assert row is not None, f"{type(event).__name__} cannot be the first event of a chapter"
    update: dict[str, Any] = {
        "status": fold_status(ChapterStatus(row.status), event).value,
        "draft": fold_draft(row.draft, event),
        "version": stored.version,
        "last_event_at": event.occurred_at,
    }
    if isinstance(event, ChapterEdited | DraftAccepted):
        update |= {"words": event.words, "block_order": row.block_order.after(event.edits)}
    if isinstance(event, DraftAccepted) and event.summary:
        update |= {"summary": event.summary}
    if isinstance(event, ChangesAcknowledged):
        update |= {"acknowledged": {**row.acknowledged, **dict.fromkeys(map(str, event.change_ids), event.reason)}}
    return row.model_copy(update=update)


def _blocks(stored: StoredEvent) -> tuple[Key, ...]:
    if isinstance(stored.event, BlocksLocked | BlocksUnlocked):
        return tuple((stored.stream_id, block_id) for block_id in stored.event.block_ids)
    if not isinstance(stored.event, ChapterEdited | DraftAccepted):
        return ()
    named = dict.fromkeys(edit.block_id for edit in stored.event.edits)
    return tuple((stored.stream_id, block_id) for block_id in named)


def apply_block(row: BlockRow | None, stored: StoredEvent, key: Key) -> BlockRow | None:
    if isinstance(stored.event, BlocksLocked | BlocksUnlocked):
        return row and row.model_copy(update={"locked": isinstance(stored.event, BlocksLocked)})
    assert isinstance(stored.event, ChapterEdited | DraftAccepted), "only edits and locks touch blocks"
    for edit in stored.event.edits:
        if edit.block_id != key[1]:
            continue
        match edit:
            case InsertBlock() | ReplaceText():
                kept = row is not None and isinstance(stored.event, ChapterEdited) and stored.event.style_only
                row = BlockRow(
                    chapter_id=key[0],
                    block_id=key[1],
                    text=edit.text,
                    words=count_words(edit.text),
                    version=stored.version,
                    meaning=row.meaning if row is not None and kept else stored.version,
                    locked=False,  # a locked one is not replaced
                )
            case DeleteBlock():
                row = None
            case MoveBlock():
                row = row and row.model_copy(update={"version": stored.version})
    return row


class SceneRow(Row):
    """A scene of a draft, whatever became of the draft. `accepted`: it was put into the text, as the blocks `placed`.

    `sources`: what its writer was told; None: the same as for the scene before it, or not recorded.
    """

    chapter_id: UUID
    draft_id: UUID
    number: int
    aim: str
    paragraphs: list[str]
    words: int
    accepted: bool
    placed: list[UUID]
    critique: SceneCritique | None
    sources: list[Source] | None


def _scenes(stored: StoredEvent) -> tuple[Key, ...]:
    match stored.event:
        case SceneDrafted() as event:
            return ((stored.stream_id, event.draft_id, event.number),)
        case DraftAccepted() as event:
            return tuple((stored.stream_id, event.draft_id, number) for number in event.scenes)
        case _:
            return ()


def apply_scene(row: SceneRow | None, stored: StoredEvent, key: Key) -> SceneRow | None:
    event = stored.event
    if isinstance(event, SceneDrafted):
        return SceneRow(
            chapter_id=key[0],
            draft_id=key[1],
            number=key[2],
            aim=event.aim,
            paragraphs=list(event.paragraphs),
            words=sum(count_words(text) for text in event.paragraphs),
            accepted=False,
            placed=[],
            critique=event.critique,
            sources=list(event.sources) if event.sources is not None else None,
        )
    assert isinstance(event, DraftAccepted), "nothing else touches a scene"
    return row and row.model_copy(update={"accepted": True, "placed": _placed(event, key[2])})


def _placed(event: DraftAccepted, number: int) -> list[UUID]:
    """The blocks that hold the scene: new ones by their ids, and the one in whose place it stands."""
    count = sum(isinstance(edit, InsertBlock | ReplaceText) for edit in event.edits)
    own = {uuid5(event.draft_id, f"{number}:{index}") for index in range(count + 1)}
    placed = [edit.block_id for edit in event.edits if isinstance(edit, InsertBlock) and edit.block_id in own]
    replaced = [edit.block_id for edit in event.edits if isinstance(edit, ReplaceText)]
    return [*([replaced[event.scenes.index(number)]] if replaced else []), *placed]


CHAPTERS = Projection(
    name="chapters",
    version=4,
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
        Table(
            name="chapter_scenes",
            row=SceneRow,
            key=(("chapter_id", "uuid"), ("draft_id", "uuid"), ("number", "int")),
            stream="chapter_id",
            keys=_scenes,
            apply=apply_scene,
        ),
    ),
)
