"""The draft of a chapter on real servers: scenes are recorded as they come, and resumed after a death."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from genesis_types.enums import DraftStatus

from application.writers import WriterError
from domain.chapter.commands import (
    AcceptDraft,
    CancelDraft,
    DraftChapter,
    EditChapter,
    LockBlocks,
    OpenChapter,
    RewriteSelection,
)
from domain.chapter.edits import InsertBlock
from domain.chapter.selection import Selected
from domain.project.commands import PlanChapter, RemoveEntry
from domain.project.plan import ChapterPlan
from domain.rejections import CommandActive
from infrastructure.writers.model.chapters import ModelChapters
from tests.support.drafting import Drafting
from tests.support.model_answers import piece, settings, told
from tests.support.model_chapters import GOOD, SUMMARY, says
from tests.support.model_worker_process import start_model_worker
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.plain_chapters import SCENES
from tests.support.prefect import PrefectServer
from tests.support.worker_process import start_worker
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

WHOLE = ["ChapterOpened", "ChapterDraftRequested", *["SceneDrafted"] * SCENES, "ChapterDrafted"]
WORN = "Little did she know what the gate was."
STATUS = "SELECT status::text FROM async_tasks ORDER BY created_at"


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "projector", "callbacks")
        yield running


@pytest.fixture
async def author(shop: Workshop) -> Drafting:
    author = Drafting(shop)
    await author.begin()
    return author


async def test_a_chapter_is_drafted_scene_by_scene_and_accepted(shop: Workshop, author: Drafting) -> None:
    shop.start("worker")
    answer = await author.ask(instructions="Slowly.")
    assert answer.correlation_id is not None
    chapter = await author.idle()
    assert await shop.events(author.chapter_ids[0]) == WHOLE
    (request,) = shop.chapters.requests
    assert (request.title, request.instructions, request.target_words) == ("Low Water", "Slowly.", 800)
    assert (request.next_title, request.plan.summary) == ("High Water", "Low Water comes.")
    assert chapter.draft is not None
    assert (chapter.draft.status, chapter.draft.cost_usd) == (DraftStatus.WRITTEN, pytest.approx(0.041))
    assert await eventually(lambda: shop.rows("SELECT 1 FROM async_tasks WHERE status = 'COMPLETED'"))
    await author.do(chapter.chapter_id, AcceptDraft(draft_id=chapter.draft.draft_id))
    accepted = await author.chapter()
    assert accepted.draft is None
    assert [accepted.blocks[one].text for one in accepted.order.shown] == [
        text for scene in chapter.scenes for text in scene.paragraphs
    ]
    assert accepted.summary == "In Low Water the tide turned."


async def test_a_worker_killed_in_the_third_scene_is_followed_by_one_that_writes_only_the_rest(
    shop: Workshop, author: Drafting, database_url: str, redis_url: str, prefect: PrefectServer
) -> None:
    child = start_worker(database_url, redis_url, prefect.url, pace=0.4)
    try:
        await author.ask()
        await author.scenes(2)
    finally:
        child.kill()
        child.wait()
    shop.start("worker")
    chapter = await author.idle()
    assert await shop.events(author.chapter_ids[0]) == WHOLE
    assert [scene.number for scene in chapter.scenes] == [1, 2, 3, 4]
    (request,) = shop.chapters.requests
    assert len(request.kept) >= 2
    assert {text for scene in request.kept for text in scene.paragraphs} <= {
        text for scene in chapter.scenes for text in scene.paragraphs
    }


async def test_a_worker_killed_while_it_rewrites_a_selection_is_followed_by_one_that_writes_the_rest(
    shop: Workshop, author: Drafting, database_url: str, redis_url: str, prefect: PrefectServer
) -> None:
    chapter_id = author.chapter_ids[0]
    ids = [uuid4() for _ in range(4)]
    await author.do(chapter_id, OpenChapter(project_id=author.project_id))
    edits = tuple(InsertBlock(op="insert", block_id=one, after=None, text="It was so.") for one in ids)
    await author.do(chapter_id, EditChapter(edits=edits))
    await author.do(chapter_id, LockBlocks(block_ids=(ids[3],)))
    child = start_worker(database_url, redis_url, prefect.url, pace=0.4)
    try:
        chosen = tuple(Selected(block_id=one, based_on=2) for one in ids[:3])
        body = RewriteSelection(project_id=author.project_id, wish="shorter", blocks=chosen)
        await author.do(chapter_id, body)
        await author.scenes(1)
    finally:
        child.kill()
        child.wait()
    shop.start("worker")
    chapter = await author.idle()
    assert [scene.paragraphs for scene in chapter.scenes] == [(f"Passage {n}, shorter.",) for n in (1, 2, 3)]
    assert await shop.events(chapter_id) == [
        *("ChapterOpened", "ChapterEdited", "BlocksLocked", "RewriteRequested"),
        *("SceneDrafted", "SceneDrafted", "SceneDrafted", "ChapterDrafted"),
    ]
    assert chapter.draft is not None
    await author.do(chapter_id, AcceptDraft(draft_id=chapter.draft.draft_id))
    accepted = await author.chapter()
    assert {accepted.blocks[one].text for one in ids} == {
        *(f"Passage {n}, shorter." for n in (1, 2, 3)),
        "It was so.",
    }
    assert accepted.blocks[ids[3]].text == "It was so."


class Reads(OpenAIServer):
    """A model that writes what is asked for, finds fault with a worn first scene, and hangs in its first revision."""

    hung = False

    def behaviour(self, body: dict[str, Any]) -> Behaviour:
        system, user = told(body)
        if "first reader" in system:
            worn = piece(body, "scene")[-1].endswith(WORN)
            found = (
                [{"kind": "PLAN", "quote": "", "against": "Low Water comes", "about": "It does not."}] if worn else []
            )
            return says(json.dumps({"findings": found}))
        if piece(body, "found") is not None:
            hang, self.hung = not self.hung, True
            return says(GOOD[0], hang=hang, stop_after=20 if hang else None)
        if "chapter, for whoever writes the next one" in system:
            return says(SUMMARY)
        return says(f"{GOOD[0]} {WORN}" if "scene 1 of" in user else GOOD[1])


async def test_a_worker_killed_in_a_revision_is_followed_by_one_that_records_the_same_once(
    shop: Workshop, author: Drafting
) -> None:
    plan = ChapterPlan(summary="Low Water comes.", goal="One.", conflict="Two.", outcome="Three.", target_words=400)
    await author.do(author.project_id, PlanChapter(entry_id=author.chapter_ids[0], plan=plan))
    with Reads() as server:
        child = start_model_worker(shop.made.settings, server.url(), "killed while it revises")
        try:
            await author.ask(critique=True)

            async def revising() -> bool:
                return server.hung

            await eventually(revising, 60)
        finally:
            child.kill()
            child.wait()
        shop.chapters = ModelChapters(settings(server, model="openai:follows"), pause_seconds=0)  # type: ignore[assignment]
        shop.start("worker")
        chapter = await author.idle()
        await shop.end("worker")
    assert await shop.events(author.chapter_ids[0]) == [WHOLE[0], WHOLE[1], *["SceneDrafted"] * 2, WHOLE[-1]]
    assert ["\n\n".join(scene.paragraphs) for scene in chapter.scenes] == GOOD
    first = chapter.scenes[0]
    assert first.critique is not None
    assert (first.critique.kept, first.critique.left, first.usage["requests"]) == ("revision", (), 4)
    settled = "SELECT count(*) FROM domain_events WHERE event_type = 'ChapterDrafted'"
    assert await shop.rows(settled) == [(1,)]


async def test_a_stopped_draft_keeps_its_scenes_and_is_gone_on_from(shop: Workshop, author: Drafting) -> None:
    shop.chapters.pace = 0.3
    shop.start("worker")
    await author.ask(instructions="Slowly.")
    with pytest.raises(CommandActive):
        await author.ask()
    await author.scenes(1)
    await author.do(author.chapter_ids[0], CancelDraft())
    chapter = await author.idle()
    assert chapter.draft is not None
    assert chapter.draft.status is DraftStatus.CANCELLED
    await eventually(lambda: shop.rows("SELECT 1 FROM async_tasks WHERE status = 'CANCELLED'"))
    assert shop.chapters.stopped == 1
    kept = len(chapter.scenes)
    shop.chapters.pace = 0.02
    await author.ask(go_on=True)
    chapter = await author.idle()
    assert (chapter.draft.status, len(chapter.scenes)) == (DraftStatus.WRITTEN, SCENES)
    request = shop.chapters.requests[-1]
    assert (len(request.kept), request.instructions) == (kept, "Slowly.")


async def test_a_writer_that_stumbles_is_asked_again_and_one_that_cannot_go_on_fails(
    shop: Workshop, author: Drafting
) -> None:
    shop.chapters.faults = {2: WriterError("RATE_LIMITED", "Busy.", retryable=True)}
    shop.start("worker")
    await author.ask()
    chapter = await author.idle()
    assert chapter.draft is not None
    assert chapter.draft.status is DraftStatus.WRITTEN
    assert [len(request.kept) for request in shop.chapters.requests] == [0, 1]
    shop.chapters.faults = {3: WriterError("NO_KEY", "The provider refused the key.", retryable=False)}
    await author.ask()
    chapter = await author.idle()
    assert (chapter.draft.status, chapter.draft.code, len(chapter.scenes)) == (DraftStatus.FAILED, "NO_KEY", 2)
    assert await eventually(lambda: shop.rows("SELECT 1 FROM async_tasks WHERE status = 'FAILED'"))


async def test_a_chapter_that_is_removed_meanwhile_keeps_what_was_written(shop: Workshop, author: Drafting) -> None:
    shop.chapters.pace = 0.3
    shop.start("worker")
    await author.ask()
    await author.scenes(1)
    await author.do(author.project_id, RemoveEntry(entry_id=author.chapter_ids[0]))
    chapter = await author.idle()
    assert (chapter.draft.status, chapter.draft.code) == (DraftStatus.FAILED, "CHAPTER_REMOVED")
    assert len(chapter.scenes) == 2
    await eventually(lambda: shop.nothing("SELECT 1 FROM async_tasks WHERE status IN ('PENDING', 'RUNNING')"))


async def test_the_sweep_makes_the_run_whose_message_was_lost(shop: Workshop, author: Drafting) -> None:
    await shop.end("relay")
    shop.start("worker")
    await author.do(author.chapter_ids[0], DraftChapter(project_id=author.project_id))
    await author.idle()
    assert await shop.events(author.chapter_ids[0]) == WHOLE
