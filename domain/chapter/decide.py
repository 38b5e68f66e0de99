"""Decisions: a command and a chapter in, facts out. Pure: the time is given."""

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never, cast
from uuid import UUID

from domain.aggregate import Command
from domain.chapter import rejections
from domain.chapter.chapter import Chapter, edited
from domain.chapter.commands import ChapterBody, EditChapter, OpenChapter, SetChapterStatus
from domain.chapter.edits import DeleteBlock, Edit, InsertBlock, MoveBlock, ReplaceText
from domain.chapter.events import ChapterEdited, ChapterOpened, ChapterStatusSet, Event
from domain.chapter.rejections import BlockConflict, ConflictingBlock
from domain.project.project import Project
from domain.rejections import NotFound, Refused

PROJECT = "project"
"""The need's name: the project whose contents the chapter is in."""

MOST_BLOCKS = 10_000
MOST_CHARACTERS = 1_000_000


def decide(command: Command, chapter: Chapter | None, now: datetime) -> tuple[Event, ...]:
    """The facts that follow from `command`; none when all is as it asks for already.

    Raises Rejection when the command is refused; nothing may be written then.
    """
    body = cast(ChapterBody, command.body)
    if isinstance(body, OpenChapter):
        return _opened(command, body, chapter, now)
    if chapter is None or command.user_id != chapter.user_id:
        raise NotFound("chapter")
    match body:
        case EditChapter():
            return _edited(body, chapter, now)
        case SetChapterStatus():
            same = body.status is chapter.status
            return () if same else (ChapterStatusSet(occurred_at=now, status=body.status),)
        case _:
            assert_never(body)


def _opened(command: Command, body: OpenChapter, chapter: Chapter | None, now: datetime) -> tuple[Event, ...]:
    """Opened twice is opened once: two tabs may both be first."""
    project = cast(Project | None, command.needed[PROJECT])
    if project is None or command.user_id is None or project.user_id != command.user_id:
        raise NotFound("chapter")
    entry = project.entries.get(command.stream_id)
    if entry is None or (chapter is not None and chapter.user_id != command.user_id):
        raise NotFound("chapter")
    if entry.kind != "chapter":
        raise Refused(rejections.NOT_A_CHAPTER, f"“{entry.title}” is a {entry.kind}; text is written in chapters.")
    if chapter is not None:
        return ()
    return (ChapterOpened(occurred_at=now, user_id=command.user_id, project_id=body.project_id),)


def _edited(body: EditChapter, chapter: Chapter, now: datetime) -> tuple[Event, ...]:
    """All of the edits as one fact, so that each block they name has its version: that of the answer.

    Raises BlockConflict, or Refused for ids that cannot be.
    """
    _check_ids(body.edits, chapter)
    conflicts = tuple(_conflicts(body.edits, chapter))
    if conflicts:
        raise BlockConflict(chapter.version, conflicts)
    blocks = edited(chapter.blocks, body.edits, chapter.version + 1)
    if len(blocks) > MOST_BLOCKS or sum(len(block.text) for block in blocks.values()) > MOST_CHARACTERS:
        said = f"A chapter has at most {MOST_BLOCKS:,} paragraphs and {MOST_CHARACTERS:,} characters."
        raise Refused(rejections.CHAPTER_TOO_LONG, f"{said} Go on in a new chapter.")
    return (ChapterEdited(occurred_at=now, edits=body.edits, words=sum(block.words for block in blocks.values())),)


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
