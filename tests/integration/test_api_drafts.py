"""The draft of a chapter over HTTP: 202 and the work, the scenes as they come, taken or left, and what is refused.

The test plays the worker: it records what a writer would have written.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
import pytest_asyncio

from application.wakeups import DRAFTS
from domain.aggregate import Command
from domain.chapter.commands import FailDraft, RecordDraft, RecordScene
from tests.support.api import Served, served
from tests.support.author import Author, done, insert, problem
from tests.support.postgres import Cluster
from tests.support.reading import eventually
from tests.support.streaming import opened_stream, until_ready

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster, redis_url: str) -> AsyncIterator[Served]:
    with cluster.database() as url:
        async with served(url, redis_url) as running:
            yield running


@pytest_asyncio.fixture(loop_scope="module")
async def author(api: Served) -> Author:
    author = Author(api.http)
    await author.begin(title="The Salt Clock")
    return author


class Played:
    """A chapter of this author's, and its writer."""

    def __init__(self, api: Served, author: Author, chapter_id: str) -> None:
        self.api, self.author, self.chapter_id = api, author, chapter_id
        self.work = UUID(int=0)

    async def ask(self, **payload: Any) -> dict[str, Any]:
        answer = await self.send("DRAFT_CHAPTER", opens=self.author.project_id, **payload)
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.json()
        self.work = UUID(found["correlation_id"])
        return found

    async def send(self, command_type: str, **more: Any) -> Any:
        return await self.author.post("chapters", command_type, chapter_id=self.chapter_id, **more)

    async def record(self, name: str, body: Any) -> None:
        command = Command(uuid5(self.work, name), UUID(self.chapter_id), None, body)
        await self.api.studio.commands.handle(command)

    async def scene(self, number: int, text: str = "The tide turned.") -> None:
        project_id = UUID(self.author.project_id)
        body = RecordScene(
            correlation_id=self.work, project_id=project_id, number=number, of=2, aim="Turn it.", paragraphs=(text,)
        )
        await self.record(f"scene:{number}", body)

    async def end(self) -> None:
        body = RecordDraft(correlation_id=self.work, summary="It turned.", writer="muse", model="m", prompt_version="1")
        await self.record("outcome", body)

    async def read(self, version: int) -> dict[str, Any]:
        return await self.author.chapter(self.chapter_id, min_version=version)


@pytest_asyncio.fixture(loop_scope="module")
async def played(api: Served, author: Author) -> Played:
    chapter_id = await author.open_chapter()
    await author.readable(chapter_id)
    return Played(api, author, chapter_id)


async def test_a_draft_is_work_whose_scenes_are_read_as_they_come_and_accepted(played: Played) -> None:
    answer = await played.ask(instructions="Slowly.", target_words=300)
    assert (answer["status"], answer["result"]["draft_id"]) == ("PROCESSING", answer["correlation_id"])
    draft = (await played.read(2))["draft"]
    assert (draft["status"], draft["scenes"], draft["instructions"]) == ("writing", [], "Slowly.")
    await played.scene(1)
    await played.scene(2, "<script>alert(1)</script>")
    await played.end()
    chapter = await played.read(5)
    draft = chapter["draft"]
    assert (draft["status"], draft["of"], draft["cost_usd"], chapter["blocks"]) == ("written", 2, 0, [])
    assert [scene["paragraphs"] for scene in draft["scenes"]] == [["The tide turned."], ["<script>alert(1)</script>"]]
    accepted = done(await played.send("ACCEPT_DRAFT", draft_id=draft["id"], scenes=[1]))
    chapter = await played.read(accepted["version"])
    assert [block["text"] for block in chapter["blocks"]] == ["The tide turned."]
    assert [scene["accepted"] for scene in chapter["draft"]["scenes"]] == [True, False]
    accepted = done(await played.send("ACCEPT_DRAFT", draft_id=draft["id"]))
    chapter = await played.read(accepted["version"])
    assert (chapter["draft"], chapter["summary"], accepted["result"]["words"]) == (None, "It turned.", chapter["words"])


async def test_chosen_paragraphs_are_written_otherwise_and_taken_in_their_place(played: Played) -> None:
    block = str(uuid4())
    saved = done(await played.author.edit(played.chapter_id, insert(block, "It rained, and it rained, and it rained.")))
    await played.read(saved["version"])
    chosen = {"wish": "shorter", "blocks": [{"block_id": block, "based_on": saved["version"]}]}
    answer = await played.send("REWRITE_SELECTION", opens=played.author.project_id, **chosen)
    assert answer.status_code == 202, answer.text
    played.work = UUID(answer.json()["correlation_id"])
    project_id = UUID(played.author.project_id)
    passage = {"number": 1, "of": 1, "aim": "shorter", "paragraphs": ("It rained.",)}
    await played.record("scene:1", RecordScene(correlation_id=played.work, project_id=project_id, **passage))
    await played.end()
    draft = (await played.read(saved["version"] + 3))["draft"]
    assert (draft["status"], draft["selection"]["wish"]) == ("written", "shorter")
    assert draft["selection"]["blocks"] == chosen["blocks"]
    accepted = done(await played.send("ACCEPT_DRAFT", draft_id=draft["id"]))
    (found,) = (await played.read(accepted["version"]))["blocks"]
    assert (found["id"], found["text"]) == (block, "It rained.")
    again = await played.send("REWRITE_SELECTION", opens=played.author.project_id, **chosen)
    problem(again, 409, "BLOCK_CONFLICT")
    unknown = chosen | {"blocks": [{"block_id": str(UUID(int=9)), "based_on": 1}]}
    problem(await played.send("REWRITE_SELECTION", opens=played.author.project_id, **unknown), 422, "UNKNOWN_BLOCK")
    bad = chosen | {"wish": "louder"}
    problem(await played.send("REWRITE_SELECTION", opens=played.author.project_id, **bad), 400, "INVALID_REQUEST")


async def test_asking_again_with_the_same_id_is_the_same_draft_and_with_another_refused(played: Played) -> None:
    asked = {"opens": played.author.project_id, "command_id": str(uuid4())}
    first, again = [await played.send("DRAFT_CHAPTER", **asked) for _ in range(2)]
    assert (first.status_code, again.json()) == (202, first.json())
    told = problem(await played.send("DRAFT_CHAPTER", opens=played.author.project_id), 409, "COMMAND_ACTIVE")
    assert "being written" in told["detail"]


async def test_a_stopped_draft_is_gone_on_from_and_refused(played: Played) -> None:
    await played.ask()
    await played.scene(1)
    stopped = done(await played.send("CANCEL_DRAFT"))
    draft = (await played.read(stopped["version"]))["draft"]
    assert (draft["status"], len(draft["scenes"])) == ("cancelled", 1)
    answer = await played.ask(go_on=True)
    assert answer["result"]["draft_id"] == draft["id"] != answer["correlation_id"]
    failed = FailDraft(correlation_id=played.work, code="NO_KEY", message="The provider refused the key.")
    await played.record("outcome", failed)
    draft = (await played.read(answer["version"] + 1))["draft"]
    assert (draft["status"], draft["code"], len(draft["scenes"])) == ("failed", "NO_KEY", 1)
    refused = done(await played.send("REFUSE_DRAFT", draft_id=draft["id"]))
    assert (await played.read(refused["version"]))["draft"] is None


@pytest.mark.parametrize(
    ("command", "payload", "status", "code"),
    [
        ("DRAFT_CHAPTER", {"target_words": 99}, 400, "INVALID_REQUEST"),
        ("DRAFT_CHAPTER", {"target_words": 40_000}, 400, "INVALID_REQUEST"),
        ("DRAFT_CHAPTER", {"writer": "somebody"}, 400, "INVALID_REQUEST"),
        ("DRAFT_CHAPTER", {"instructions": "x" * 4_001}, 400, "INVALID_REQUEST"),
        ("DRAFT_CHAPTER", {"go_on": True}, 422, "NOTHING_TO_GO_ON_FROM"),
        ("DRAFT_CHAPTER", {"opens": str(UUID(int=9))}, 404, "NOT_FOUND"),
        ("CANCEL_DRAFT", {}, 422, "WORK_NOT_ACTIVE"),
        ("ACCEPT_DRAFT", {"draft_id": str(UUID(int=9))}, 422, "NO_DRAFT"),
        ("ACCEPT_DRAFT", {"draft_id": str(UUID(int=9)), "scenes": [0]}, 400, "INVALID_REQUEST"),
        ("REFUSE_DRAFT", {"draft_id": str(UUID(int=9))}, 422, "NO_DRAFT"),
        ("RECORD_SCENE", {}, 400, "INVALID_REQUEST"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_cannot_be_is_refused(
    played: Played, command: str, payload: dict[str, Any], status: int, code: str
) -> None:
    whose = {"opens": played.author.project_id} if command == "DRAFT_CHAPTER" else {}
    problem(await played.send(command, **(whose | payload)), status, code)


async def test_a_chapter_that_was_removed_is_not_written(played: Played) -> None:
    await played.author.project("REMOVE_ENTRY", entry_id=played.chapter_id)
    problem(await played.send("DRAFT_CHAPTER", opens=played.author.project_id), 422, "CHAPTER_REMOVED")


async def test_the_scene_that_is_being_written_is_told_on_the_live_connection(api: Served, played: Played) -> None:
    await played.ask()
    scene = {"number": 1, "of": 2, "aim": "Turn it.", "paragraphs": ["The ti"]}
    hint = {
        "session_id": played.chapter_id,
        "user_id": str(api.account.id),
        "correlation_id": str(played.work),
        "seq": 1,
        "offset": 0,
        "phase": "writing",
        "percent": 12.5,
        "message": "",
        "content": {"scene": scene},
    }
    async with opened_stream(api.http, "/api/v1/live", lists="1") as stream:
        await until_ready(stream)
        await api.studio.hints.publish(DRAFTS, hint)
        async with asyncio.timeout(20):
            while (frame := await anext(stream)).event != "chapter_draft":
                continue
    told = frame.data["data"]
    assert {name: told[name] for name in scene} == scene
    assert (told["chapter_id"], told["percent"], told["phase"]) == (played.chapter_id, 12.5, "writing")


async def test_what_was_written_of_a_scene_is_there_after_a_reload(api: Served, played: Played) -> None:
    await played.ask()
    scene = {"number": 1, "of": 2, "aim": "", "paragraphs": ["The ti"]}
    async with api.studio.pool.connection() as connection:
        await connection.execute(
            "INSERT INTO async_tasks (id, session_id, user_id, task_type, status, phase, progress, draft)"
            " VALUES (%s, %s, %s, 'DRAFT_CHAPTER', 'RUNNING', 'writing', 12.5, %s)",
            (played.work, played.chapter_id, uuid4(), json.dumps({"scene": scene})),
        )

    async def shown() -> bool:
        draft = (await played.author.chapter(played.chapter_id))["draft"]
        return draft is not None and draft["so_far"] == scene and draft["percent"] == 12.5

    await eventually(shown)
