"""Decisions about what becomes of a draft: it is put into the text, scene by scene or in place of it, or refused."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid5

from genesis_types.enums import DraftStatus

from domain.chapter import rejections
from domain.chapter.chapter import Chapter
from domain.chapter.commands import AcceptDraft, RefuseDraft
from domain.chapter.decide_draft import STILL_WRITING
from domain.chapter.decide_edits import words_after
from domain.chapter.decide_rewriting import in_place
from domain.chapter.draft import Draft
from domain.chapter.draft_events import DraftAccepted, DraftRefused, SceneDrafted
from domain.chapter.edits import DeleteBlock, Edit, InsertBlock
from domain.rejections import CommandActive, Refused


def accepted(body: AcceptDraft, chapter: Chapter, now: datetime) -> tuple[DraftAccepted]:
    """A block for each paragraph. Raises Refused; BlockConflict for rewritten paragraphs that have changed since."""
    draft = _ended(body.draft_id, chapter)
    wanted = set(body.scenes) if body.scenes is not None else {scene.number for scene in chapter.scenes}
    if unknown := wanted - {scene.number for scene in chapter.scenes}:
        raise Refused(rejections.UNKNOWN_SCENE, f"This draft has no scene {min(unknown)}.")
    fresh = [scene for scene in chapter.scenes if scene.number in wanted - set(draft.accepted)]
    if not fresh:
        raise Refused(rejections.NOTHING_TO_ACCEPT, "All of that is in the text already.")
    edits: tuple[Edit, ...]
    if draft.selection is not None:
        edits = tuple(in_place(draft.selection, [(scene, _block_ids(scene)) for scene in fresh], chapter))
    else:
        gone = tuple(_replaced(draft, chapter)) if body.replace else ()
        edits = (*gone, *_inserted(body.after_block, fresh, draft, chapter))
    words = words_after(edits, chapter)
    numbers = tuple(scene.number for scene in fresh)
    whole = draft.status is DraftStatus.WRITTEN and len({*draft.accepted, *numbers}) == draft.came
    summary = draft.summary if whole else ""
    return (
        DraftAccepted(
            occurred_at=now, draft_id=draft.draft_id, scenes=numbers, edits=edits, words=words, summary=summary
        ),
    )


def refused(body: RefuseDraft, chapter: Chapter, now: datetime) -> tuple[DraftRefused]:
    draft = _ended(body.draft_id, chapter)
    return (DraftRefused(occurred_at=now, draft_id=draft.draft_id),)


def _ended(draft_id: UUID, chapter: Chapter) -> Draft:
    draft = chapter.draft
    if draft is None or draft.draft_id != draft_id:
        raise Refused(rejections.NO_DRAFT, "This draft was accepted, refused or replaced by another.")
    if draft.active:
        raise CommandActive(STILL_WRITING)
    return draft


def _replaced(draft: Draft, chapter: Chapter) -> Iterator[DeleteBlock]:
    """Every paragraph that is neither locked nor of this draft goes: the text is another's, or an older draft's."""
    own = {one for scene in chapter.scenes if scene.number in draft.accepted for one in _block_ids(scene)}
    for block_id in chapter.order.shown:
        if block_id not in own and block_id not in chapter.locked:
            yield DeleteBlock(op="delete", block_id=block_id, based_on=chapter.blocks[block_id].version)


def _inserted(
    after_block: UUID | None, fresh: list[SceneDrafted], draft: Draft, chapter: Chapter
) -> Iterator[InsertBlock]:
    """The paragraphs of each scene, behind `after_block`; without one, where its neighbours among the scenes are."""
    ids = list(chapter.order.ids)
    there = {scene.number: _block_ids(scene) for scene in chapter.scenes if scene.number in draft.accepted}
    after = after_block
    for scene in fresh:
        if after_block is None:
            after = _place(scene.number, there, ids)
        there[scene.number] = _block_ids(scene)
        for block_id, text in zip(there[scene.number], scene.paragraphs, strict=True):
            yield InsertBlock(op="insert", block_id=block_id, after=after, text=text)
            ids.insert(0 if after is None or after not in ids else ids.index(after) + 1, block_id)
            after = block_id


def _place(number: int, there: dict[int, tuple[UUID, ...]], ids: list[UUID]) -> UUID | None:
    """The block that scene `number` follows: the last of the scene before it, else what stands before the scene after
    it, else the last of all. None: it is first."""
    if before := [one for one in there if one < number]:
        return max(there[max(before)], key=ids.index)
    if behind := [one for one in there if one > number]:
        first = min(ids.index(block_id) for block_id in there[min(behind)])
        return ids[first - 1] if first else None
    return ids[-1] if ids else None


def _block_ids(scene: SceneDrafted) -> tuple[UUID, ...]:
    """Derived from the draft's, so that they are the same whenever it is accepted."""
    return tuple(uuid5(scene.draft_id, f"{scene.number}:{index}") for index in range(len(scene.paragraphs)))
