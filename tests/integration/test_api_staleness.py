"""Stale chapters over HTTP: which rest on what has changed, acknowledged or written anew, and edits of style alone."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
import pytest_asyncio

from application.chapter_request import request_sources
from domain.aggregate import Command
from domain.chapter.aggregate import CHAPTER
from domain.chapter.commands import RecordDraft, RecordScene
from tests.support.api import Served, served
from tests.support.author import Author, done, insert, problem, replace
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster, redis_url: str) -> AsyncIterator[Served]:
    with cluster.database() as url:
        async with served(url, redis_url) as running:
            yield running


class Book:
    """Three chapters: in the first Ines has blue eyes, the second is about her, the third about somebody else."""

    def __init__(self, api: Served) -> None:
        self.api, self.author = api, Author(api.http)
        self.ids: list[str] = []
        self.eyes = str(uuid4())

    async def begin(self) -> None:
        await self.author.begin(title="The Drowned Bell")
        for title, who in (("Ebb", "Ines Vale"), ("Flood", "Ines Vale"), ("Slack", "Tomas Reed")):
            self.ids.append(await self.author.open_chapter(title))
            await self.author.project("PLAN_CHAPTER", entry_id=self.ids[-1], plan={"who": [who]})
        # so long an end that no writer of the next chapter is told how this one begins
        tail = str(uuid4())
        edits = insert(self.eyes, "It rained. Ines Vale’s eyes were blue."), insert(tail, "Rain. " * 450, self.eyes)
        done(await self.author.edit(self.ids[0], *edits))

    async def write(self, number: int, **asked: Any) -> str:
        """Has a chapter drafted and plays its writer, told what the book is now; the draft's id."""
        chapter_id = self.ids[number - 1]
        await self.stale()  # until the read side has all that was written
        answer = await self.author.post(
            "chapters", "DRAFT_CHAPTER", chapter_id=chapter_id, opens=self.author.project_id, **asked
        )
        assert answer.status_code == 202, answer.text
        stream = UUID(chapter_id)
        chapter = await self.api.studio.store.load(CHAPTER, stream)
        material = await self.api.studio.materials.of(chapter.project_id, stream, chapter.user_id)
        assert material is not None
        work = chapter.work.correlation_id
        scene = RecordScene(
            correlation_id=work,
            project_id=chapter.project_id,
            number=1,
            of=1,
            aim="",
            paragraphs=("Her blue eyes. Ines Vale’s eyes were blue in that light.",),
            sources=request_sources(material, stream, chapter.work),
        )
        end = RecordDraft(correlation_id=work, summary="It went on.", writer="muse", model="m", prompt_version="1")
        for name, body in (("scene", scene), ("end", end)):
            await self.api.studio.commands.handle(Command(uuid5(work, name), stream, None, body))
        return str(chapter.work.draft_id)

    async def accept(self, number: int, draft_id: str, **more: Any) -> None:
        done(
            await self.author.post(
                "chapters", "ACCEPT_DRAFT", chapter_id=self.ids[number - 1], draft_id=draft_id, **more
            )
        )

    async def told(self, text: str, **more: Any) -> None:
        """Another text of the paragraph that tells of her eyes."""
        block = next(one for one in (await self.author.chapter(self.ids[0]))["blocks"] if one["id"] == self.eyes)
        edits = [replace(self.eyes, text, block["version"])]
        done(await self.author.post("chapters", "EDIT_CHAPTER", chapter_id=self.ids[0], edits=edits, **more))
        await self.stale()

    async def stale(self) -> dict[str, Any]:
        found: dict[str, Any] = done(await self.author.http.get(f"/api/v1/projects/{self.author.project_id}/stale"))
        return found


async def test_a_changed_fact_names_what_rests_on_it_until_that_is_acknowledged_or_written_anew(api: Served) -> None:
    book = Book(api)
    await book.begin()
    for number in (2, 3):
        await book.accept(number, await book.write(number))
    assert (await book.stale())["chapters"] == []
    await book.told("It rained. Ines Vale’s eyes were blue, as ever.", style_only=True)
    assert (await book.stale())["chapters"] == []

    await book.told("It rained. Ines Vale’s eyes were green.")
    (chapter,) = (await book.stale())["chapters"]
    assert (chapter["id"], chapter["number"], chapter["title"]) == (book.ids[1], 2, "Flood")
    (change,) = chapter["changes"]
    assert (change["kind"], change["chapter_id"], change["block_id"]) == ("fact", book.ids[0], book.eyes)
    assert (change["old"], change["new"]) == ("Ines Vale’s eyes were blue.", "Ines Vale’s eyes were green.")
    assert [one["sentence"] for one in change["resting"]] == ["Ines Vale’s eyes were blue in that light."]

    acknowledged = {"change_ids": [change["id"]], "reason": "The light."}
    done(await book.author.post("chapters", "ACKNOWLEDGE_CHANGES", chapter_id=book.ids[1], **acknowledged))
    found = await book.stale()
    assert (found["chapters"], found["acknowledged"]) == ([], 1)
    await book.told("It rained. Ines Vale’s eyes were brown.")  # another change is another
    (chapter,) = (await book.stale())["chapters"]
    assert chapter["changes"][0]["new"] == "Ines Vale’s eyes were brown."

    draft_id = await book.write(2, anew=True)
    assert len((await book.stale())["chapters"]) == 1  # nothing is overwritten before it is accepted
    await book.accept(2, draft_id, replace=True)
    (following,) = (await book.stale())["chapters"]  # chapter 3 went on from paragraphs that are gone
    assert (following["number"], [one["kind"] for one in following["changes"]]) == (3, ["paragraph"])
    blocks = (await book.author.chapter(book.ids[1]))["blocks"]
    assert [block["text"] for block in blocks] == ["Her blue eyes. Ines Vale’s eyes were blue in that light."]


async def test_what_is_not_there_or_anothers_is_not_found(api: Served) -> None:
    author = Author(api.http)
    await author.begin(title="Mine")
    problem(await api.http.get(f"/api/v1/projects/{uuid4()}/stale"), 404, "NOT_FOUND")
    async with await api.client(await api.stranger()) as http:
        problem(await http.get(f"/api/v1/projects/{author.project_id}/stale"), 404, "NOT_FOUND")
    empty = done(await author.http.get(f"/api/v1/projects/{author.project_id}/stale"))
    assert (empty["chapters"], empty["acknowledged"]) == ([], 0)
