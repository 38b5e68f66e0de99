"""Decisions about chosen paragraphs: how they are asked for again, and what stands in their place once accepted."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from domain.aggregate import Command
from domain.chapter import rejections
from domain.chapter.chapter import Chapter
from domain.chapter.commands import RewriteSelection
from domain.chapter.decide_draft import draft_work, ready_for_work
from domain.chapter.draft_events import RewriteRequested, SceneDrafted
from domain.chapter.edits import Edit, InsertBlock, ReplaceText
from domain.chapter.rejections import BlockConflict, ConflictingBlock
from domain.chapter.selection import Selected, Selection
from domain.project.project import Project
from domain.rejections import Refused

LOCKED = "A locked paragraph stays as it is. Unlock it first, or leave it out."
WAITS = "A draft of this chapter waits: accept or refuse it first, so that none of it is lost."


def rewrite(
    command: Command, body: RewriteSelection, chapter: Chapter, project: Project | None, now: datetime
) -> tuple[RewriteRequested]:
    """Raises BlockConflict for paragraphs that have changed since the author chose them."""
    project = ready_for_work(chapter, chapter.chapter_id, body.project_id, project)
    draft = chapter.draft
    if draft is not None and draft.selection is None and len(draft.accepted) < draft.came:
        raise Refused(rejections.DRAFT_WAITS, WAITS)
    selection = Selection(wish=body.wish, blocks=_in_order(body, chapter), person=body.person)
    work_id = draft_work(command.command_id)
    return (
        RewriteRequested(
            occurred_at=now,
            correlation_id=work_id,
            command_id=command.command_id,
            draft_id=work_id,
            instructions=body.instructions,
            target_words=0,
            writer=body.writer,
            kept=0,
            project_version=project.version,
            selection=selection,
            turn=chapter.turn + 1,
            deadline_at=now + command.limits.generation,
        ),
    )


def _in_order(body: RewriteSelection, chapter: Chapter) -> tuple[Selected, ...]:
    """The chosen paragraphs as they stand. Raises Refused, BlockConflict."""
    chosen = {one.block_id: one for one in body.blocks}
    known = set(chapter.order.ids)
    missing = next((one for one in chosen if one not in known), None)
    if missing is not None:
        raise Refused(rejections.UNKNOWN_BLOCK, f"There is no block {missing} in this chapter.")
    conflicts = tuple(_changed(chosen[one], chapter) for one in chosen if not _is_as_seen(chosen[one], chapter))
    if conflicts:
        raise BlockConflict(chapter.version, conflicts)
    if body.wish == "continue":  # what stands there stays, locked or not
        return tuple(chosen[one] for one in chapter.order.shown if one in chosen)
    if chapter.locked & set(chosen):
        raise Refused(rejections.BLOCK_LOCKED, LOCKED)
    if not any(chapter.blocks[one].text.strip() for one in chosen):
        raise Refused(rejections.NOTHING_TO_REWRITE, "There is no text in these paragraphs.")
    return tuple(chosen[one] for one in chapter.order.shown if one in chosen and chapter.blocks[one].text.strip())


def _is_as_seen(one: Selected, chapter: Chapter) -> bool:
    block = chapter.blocks.get(one.block_id)
    return block is not None and block.version == one.based_on


def _changed(one: Selected, chapter: Chapter) -> ConflictingBlock:
    block = chapter.blocks.get(one.block_id)
    return ConflictingBlock(
        one.block_id, None, block.text if block else None, block.version if block else chapter.version
    )


def in_place(
    selection: Selection, passages: list[tuple[SceneDrafted, tuple[UUID, ...]]], chapter: Chapter
) -> Iterator[Edit]:
    """Each passage in the place of its paragraph, which keeps its id with the first of the new ones; of what goes on,
    all behind the last. `passages`: with the ids of new blocks, one for each paragraph of it."""
    for scene, ids in passages:
        if selection.wish == "continue":
            after = selection.blocks[-1].block_id
            new = list(zip(ids, scene.paragraphs, strict=True))
        else:
            target = selection.blocks[scene.number - 1]
            after = target.block_id
            yield ReplaceText(op="replace", block_id=after, based_on=target.based_on, text=scene.paragraphs[0])
            new = list(zip(ids[1:], scene.paragraphs[1:], strict=True))
        if after not in chapter.order.ids:
            after = chapter.order.ids[-1]
        for block_id, text in new:
            yield InsertBlock(op="insert", block_id=block_id, after=after, text=text)
            after = block_id
