"""The chapter aggregate: its state and how facts change it. Evolving never refuses and never decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from genesis_types.enums import ChapterStatus
from genesis_types.words import count_words

from domain.chapter.draft import Draft, fold_draft
from domain.chapter.draft_events import ChapterDraftRequested, DraftAccepted, SceneDrafted
from domain.chapter.edits import DeleteBlock, Edit, InsertBlock, MoveBlock, ReplaceText
from domain.chapter.events import ChapterEdited, ChapterOpened, Event, fold_status
from domain.chapter.locks import fold_locks
from domain.chapter.order import BlockOrder
from domain.chapter.sources import ChangesAcknowledged


class Block(NamedTuple):
    """A paragraph that is shown. `version`: the chapter's version that changed it last."""

    text: str
    version: int
    words: int


Blocks = Mapping[UUID, Block]


@dataclass(frozen=True, slots=True)
class Chapter:
    """State of one chapter after `version` events.

    `draft`: the last that was asked for, until it is accepted whole or refused; `work`: the request that is under way;
    `scenes`: what has come of it, from the first on. `turn` counts requests. `summary`: of what was accepted.
    `locked`: paragraphs that only their author unlocks. `acknowledged`: changes of its sources that it is fine with.
    """

    chapter_id: UUID
    version: int
    user_id: UUID
    project_id: UUID
    status: ChapterStatus
    order: BlockOrder
    blocks: Blocks
    draft: Draft | None = None
    work: ChapterDraftRequested | None = None
    scenes: tuple[SceneDrafted, ...] = ()
    turn: int = 0
    summary: str = ""
    locked: frozenset[UUID] = frozenset()
    acknowledged: frozenset[UUID] = frozenset()

    def pieces(self, correlation_id: UUID) -> tuple[SceneDrafted, ...]:
        return tuple(scene for scene in self.scenes if scene.correlation_id == correlation_id)


def evolve(chapter: Chapter | None, event: Event, chapter_id: UUID) -> Chapter:
    """The state after `event`. The first event of a stream is ChapterOpened."""
    if isinstance(event, ChapterOpened):
        return Chapter(chapter_id, 1, event.user_id, event.project_id, ChapterStatus.DRAFT, BlockOrder(), {})
    assert chapter is not None, f"{type(event).__name__} cannot be the first event of a chapter"
    version = chapter.version + 1
    chapter = replace(chapter, version=version, status=fold_status(chapter.status, event))
    chapter = replace(chapter, locked=fold_locks(chapter.locked, event))
    if isinstance(event, ChangesAcknowledged):
        return replace(chapter, acknowledged=chapter.acknowledged | set(event.change_ids))
    if not isinstance(event, ChapterEdited):
        chapter = _with_draft(chapter, event)
    if not isinstance(event, ChapterEdited | DraftAccepted):
        return chapter
    blocks = edited(chapter.blocks, event.edits, version)
    return replace(chapter, order=chapter.order.after(event.edits), blocks=blocks)


def _with_draft(chapter: Chapter, event: Event) -> Chapter:
    draft = fold_draft(chapter.draft, event)
    scenes, work, turn = chapter.scenes, chapter.work, chapter.turn
    match event:
        case ChapterDraftRequested():
            scenes, work, turn = scenes[: event.kept], event, event.turn
        case SceneDrafted():
            scenes = (*scenes, event)
        case _ if draft is None or not draft.active:
            scenes, work = scenes if draft is not None else (), None
        case _:
            pass
    summary = event.summary if isinstance(event, DraftAccepted) and event.summary else chapter.summary
    return replace(chapter, draft=draft, scenes=scenes, work=work, turn=turn, summary=summary)


def edited(blocks: Blocks, edits: Iterable[Edit], version: int) -> Blocks:
    """The blocks after the edits of the event that makes this version. It never refuses."""
    after = dict(blocks)
    for edit in edits:
        match edit:
            case InsertBlock() | ReplaceText():
                after[edit.block_id] = Block(edit.text, version, count_words(edit.text))
            case MoveBlock():
                after[edit.block_id] = after[edit.block_id]._replace(version=version)
            case DeleteBlock():
                del after[edit.block_id]
    return after
