"""A book from a keyword over HTTP: 202 and a job, the steps as they come, a concept chosen, and what is refused.

The test plays the worker: it records what a writer would have made.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
import pytest
import pytest_asyncio

from application.wakeups import DRAFTS
from domain.aggregate import Body, Command
from domain.project.initiation_commands import (
    CompleteIdeation,
    FailInitiation,
    RecordConcepts,
    RecordLandscape,
    RecordThesis,
)
from tests.support.api import Served, served
from tests.support.author import problem
from tests.support.ideas import IDEAS, LANDSCAPE, THESIS
from tests.support.postgres import Cluster
from tests.support.streaming import opened_stream, until_ready

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADDRESS = "/api/v1/projects/initiate"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster, redis_url: str) -> AsyncIterator[Served]:
    with cluster.database() as url:
        async with served(url, redis_url, limit_initiations="12/hour", initiations_at_once=3) as running:
            yield running


@pytest_asyncio.fixture(loop_scope="module")
async def somebody(api: Served) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody new, who has begun nothing yet."""
    async with await api.client(await api.stranger()) as http:
        yield http


class Played:
    """A book that was begun, and its writer."""

    def __init__(self, api: Served, http: httpx.AsyncClient) -> None:
        self.api, self.http = api, http
        self.project_id, self.work, self.version = "", UUID(int=0), 1

    async def begin(self, **said: Any) -> "Played":
        answer = await self.http.post(ADDRESS, json={"keyword": "salt"} | said)
        assert answer.status_code == 202, answer.text
        found = answer.json()
        self.project_id, self.work = found["project_id"], UUID(found["job_id"])
        assert answer.headers["location"] == f"/api/v1/tasks/{self.work}"
        return self

    async def record(self, body: Body) -> None:
        command = Command(uuid5(self.work, body.command_type), UUID(self.project_id), None, body)
        self.version = (await self.api.studio.commands.handle(command)).version

    async def landscape(self) -> None:
        await self.record(RecordLandscape(correlation_id=self.work, landscape=LANDSCAPE))

    async def whole(self) -> None:
        await self.landscape()
        await self.record(RecordThesis(correlation_id=self.work, thesis=THESIS))
        await self.record(RecordConcepts(correlation_id=self.work, concepts=IDEAS))
        body = CompleteIdeation(correlation_id=self.work, writer="muse", model="m", prompt_version="1")
        await self.record(body)

    async def read(self, version: int | None = None) -> dict[str, Any]:
        params = {"min_version": self.version if version is None else version}
        answer = await self.http.get(f"/api/v1/projects/{self.project_id}/concepts", params=params)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def send(self, command_type: str, **payload: Any) -> httpx.Response:
        body = {"command_type": command_type, "project_id": self.project_id, "payload": payload}
        return await self.http.post("/api/v1/projects/commands", json=body)

    async def job(self) -> dict[str, Any]:
        answer = await self.http.get(f"/api/v1/tasks/{self.work}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def test_a_keyword_becomes_concepts_and_the_chosen_one_is_the_books(
    api: Served, somebody: httpx.AsyncClient
) -> None:
    book = await Played(api, somebody).begin(keyword="<b>salt</b>", genre="fable", audience="sailors")
    concepts = await book.read()
    assert (concepts["status"], concepts["keyword"], concepts["landscape"]) == ("working", "<b>salt</b>", None)
    assert (await book.job())["status"] == "RUNNING"
    await book.landscape()
    assert (await book.read())["landscape"]["topics"][0]["name"] == "Salt"
    await book.whole()
    concepts = await book.read()
    assert (concepts["status"], concepts["thesis"]["theme"], len(concepts["concepts"])) == ("ready", "Loss", 3)
    assert ((await book.job())["status"], (await book.job())["progress"]) == ("COMPLETED", 100)
    second = concepts["concepts"][1]
    chosen = await book.send("CHOOSE_CONCEPT", concept_id=second["id"])
    assert chosen.status_code == 200, chosen.text
    concepts = await book.read(chosen.json()["version"])
    assert [one["chosen"] for one in concepts["concepts"]] == [False, True, False]
    params = {"min_version": chosen.json()["version"]}
    project = (await somebody.get(f"/api/v1/projects/{book.project_id}", params=params)).json()
    told = (project["title"], project["logline"], project["audience"], project["genre"], project["initiation"])
    assert told == ("Book 2", "It is book 2.", "Adults", "fable", "ready")


async def test_a_failed_one_says_why_and_is_resumed(api: Served, somebody: httpx.AsyncClient) -> None:
    book = await Played(api, somebody).begin()
    await book.landscape()
    await book.record(FailInitiation(correlation_id=book.work, code="NO_KEY", message="The provider refused the key."))
    concepts = await book.read()
    assert (concepts["status"], concepts["code"], concepts["landscape"] is None) == ("failed", "NO_KEY", False)
    assert ((await book.job())["status"], (await book.job())["error"]) == ("FAILED", "NO_KEY")
    resumed = await book.send("RESUME_INITIATION")
    assert (resumed.status_code, resumed.json()["status"]) == (202, "PROCESSING")
    assert (await book.read(resumed.json()["version"]))["status"] == "working"
    problem(await book.send("RESUME_INITIATION"), 409, "COMMAND_ACTIVE")
    stopped = await book.send("CANCEL_INITIATION")
    assert (await book.read(stopped.json()["version"]))["status"] == "cancelled"


async def test_the_same_request_is_the_same_book_also_at_once(api: Served, somebody: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(somebody.post(ADDRESS, json={"keyword": "tide"}) for _ in range(4)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}
    other = await somebody.post(ADDRESS, json={"keyword": "tide"}, headers={"Idempotency-Key": str(uuid4())})
    assert other.json()["project_id"] != answers[0].json()["project_id"]
    async with await api.client(await api.stranger()) as stranger:
        theirs = await stranger.post(ADDRESS, json={"keyword": "tide"})
        assert theirs.json()["project_id"] != answers[0].json()["project_id"]


async def test_too_many_at_once_and_in_an_hour_are_told_when_to_come_again(
    api: Served, somebody: httpx.AsyncClient
) -> None:
    books = [await Played(api, somebody).begin(keyword=f"at once {n}") for n in range(3)]
    refused = await somebody.post(ADDRESS, json={"keyword": "one more"})
    problem(refused, 429, "RATE_LIMITED")
    assert int(refused.headers["retry-after"]) == 10
    for n in range(9):
        await books[n % 3].send("CANCEL_INITIATION")
        books[n % 3] = await Played(api, somebody).begin(keyword=f"another {n}")
    await books[0].send("CANCEL_INITIATION")
    refused = await somebody.post(ADDRESS, json={"keyword": "one too many"})
    problem(refused, 429, "RATE_LIMITED")
    assert int(refused.headers["retry-after"]) > 10
    problem(await books[0].send("RESUME_INITIATION"), 429, "RATE_LIMITED")


async def test_a_finished_session_needs_no_keyword_and_no_job(api: Served) -> None:
    session_id = await api.start()
    problem(await api.http.post(ADDRESS, json={"from_session_id": session_id}), 422, "SESSION_NOT_FINISHED")
    async with await api.client(await api.stranger()) as stranger:
        problem(await stranger.post(ADDRESS, json={"from_session_id": session_id}), 404, "NOT_FOUND")
    problem(await api.http.post(ADDRESS, json={"from_session_id": str(uuid4())}), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"keyword": ""},
        {"keyword": "  "},
        {"keyword": "k" * 10_000},
        {"keyword": "\x00"},
        {"keyword": "\x07"},
        {"keyword": "salt", "language": "no tag"},
        {"keyword": "salt", "intent": "poem"},
        {"keyword": "salt", "audience_level": "dogs"},
        {"keyword": "salt", "more": 1},
        {"keyword": "salt", "from_session_id": str(UUID(int=9))},
        {"keyword": ["salt"]},
    ],
    ids=lambda said: json.dumps(said)[:40],
)
async def test_what_is_no_beginning_is_refused(api: Served, said: dict[str, Any]) -> None:
    told = problem(await api.http.post(ADDRESS, json=said), 400, "INVALID_REQUEST")
    assert told["errors"]


async def test_nobody_reads_anothers(api: Served, somebody: httpx.AsyncClient) -> None:
    book = await Played(api, somebody).begin()
    async with await api.client(await api.stranger()) as stranger:
        for address in (f"/api/v1/projects/{book.project_id}/concepts", f"/api/v1/tasks/{book.work}"):
            assert (await stranger.get(address)).status_code == 404
    async with await api.client() as nobody:
        assert (await nobody.post(ADDRESS, json={"keyword": "salt"})).status_code == 401


async def test_steps_are_streamed_as_they_grow_and_moves_are_told(api: Served) -> None:
    async with opened_stream(api.http, "/api/v1/live", lists="1") as stream:
        await until_ready(stream)
        book = await Played(api, api.http).begin(keyword=f"streamed {uuid4()}")
        said = {"session_id": book.project_id, "user_id": str(api.account.id), "correlation_id": str(book.work)}
        content = {"step": {"name": "landscape", "content": [{"name": "Salt"}]}}
        more = {"seq": 1, "offset": 0, "phase": "writing", "percent": 5.0, "message": "", "content": content}
        await api.studio.hints.publish(DRAFTS, said | more)
        seen = {}
        async with asyncio.timeout(60):
            while not {"ideas_draft", "concepts"} <= seen.keys():
                frame = await anext(stream)
                seen[frame.event] = frame
        data = seen["ideas_draft"].data["data"]
        assert (data["project_id"], data["name"], data["content"]) == (book.project_id, "landscape", [{"name": "Salt"}])
