"""Nobody reaches what is another's: on every route and method of the OpenAPI document, and with every command.

What is another's is answered with the very bytes that an id gets which does not exist.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
import pytest
import pytest_asyncio

from domain.account.account import account_id
from domain.account.commands import GrantCredits
from domain.aggregate import Command
from domain.genesis.stages import STAGE_ORDER
from infrastructure.identity.authentication import Identity
from tests.support.api import COMMANDS, Served, served
from tests.support.author import Author
from tests.support.commands import CONTENTS
from tests.support.models import keep
from tests.support.postgres import Cluster
from tests.support.reading import eventually
from tests.support.routes import METHODS, OPERATIONS, Operation, command_types
from tests.support.streaming import beginning, opened_stream

pytestmark = pytest.mark.asyncio(loop_scope="module")

WITH_IDS = [operation for operation in OPERATIONS if operation.parameters]
ADDRESSES = sorted({operation.path: operation for operation in WITH_IDS}.values(), key=str)
OWNER_ONLY = {"/api/v1/account/backups": 404, "/api/v1/analytics/sessions": 403}
"""What has an answer for the owner, or for an analyst, and how anybody else is refused."""
FOR_ALL = {"/api/v1/models/presets"}
"""What everybody is told alike."""
LISTS = [
    operation
    for operation in OPERATIONS
    if operation.needs_account and operation.method == "GET" and not operation.parameters
    if operation.path not in OWNER_ONLY.keys() | FOR_ALL
]
ASKING = {
    "/api/v1/live": {"lists": "1"},
    "/api/v1/genesis/{session_id}/replay": {"at_version": "1"},
    "/api/v1/genesis/{session_id}/replay/compact": {"at_version": "1"},
    "/api/v1/genesis/{session_id}/replay/contradictions": {"at_version": "1"},
    "/api/v1/genesis/{session_id}/diff": {"from": "1"},
    "/api/v1/analytics/cases": {"of": "sessions"},
    "/api/v1/projects/{project_id}/search": {"q": "a"},
}
"""Where nothing is answered unless something is asked for."""
EMPTY = {
    "/api/v1/genesis/{session_id}/bible": "NOTHING_CONFIRMED",
    "/api/v1/projects/{project_id}/export": "NOTHING_WRITTEN",
    "/api/v1/projects/{project_id}/export/preflight": "NOTHING_WRITTEN",
}
"""What the owner's session or book has none of yet, which is what they are told."""
COUNTED = {f"/api/v1/analytics/{name}" for name in ("summary", "stages", "models", "funnel", "causes")}
"""Figures without ids, nobody's: test_api_analytics.py sees that they are of one's own sessions."""
TITLE = "The Drowned Bell"

NOBODY = str(uuid4())
PAYLOADS: dict[str, dict[str, Any]] = {
    "SELECT_CONCEPT": {"proposal_ids": [NOBODY]},
    "PROVIDE_FEEDBACK": {"proposal_id": NOBODY, "text": "More fog."},
    "CONFIRM_STAGE": {"stage": STAGE_ORDER[0], "content": CONTENTS[STAGE_ORDER[0]]},
    "EDIT_CONTENT": {"stage": STAGE_ORDER[0], "content": CONTENTS[STAGE_ORDER[0]]},
    "NAVIGATE_TO_STAGE": {"stage": STAGE_ORDER[1]},
    **{f"{verb}_CONTRADICTIONS": {"contradiction_ids": [NOBODY]} for verb in ("CORRECT", "DISMISS", "RESTORE")},
}
"""What a command needs to be a valid one; the others need nothing."""


class Owned:
    """What the owner has: for each name of an id in an address, one that is theirs."""

    def __init__(self, ids: dict[str, str]) -> None:
        self.ids = ids

    @property
    def secrets(self) -> list[str]:
        """What must not be shown to anybody else."""
        return [value for name, value in self.ids.items() if name != "stage"]

    def __str__(self) -> str:
        return " ".join(self.ids.values())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with cluster.database() as url:
        home = tmp_path_factory.mktemp("home")
        async with served(url, redis_url, home=home, patience=0.2, credits=True, credits_muse_price="0.5") as running:
            yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def owned(api: Served) -> Owned:
    done = await api.start(title=TITLE)
    for stage in STAGE_ORDER:
        await api.command("CONFIRM_STAGE", done, stage=stage, content=CONTENTS[stage])
    finished = await api.command("FINISH_GENESIS", done)
    grant = GrantCredits(user_id=api.account.id, amount=2_000_000)
    await api.studio.commands.handle(Command(uuid4(), account_id(api.account.id), None, grant))
    session_id = await api.start(title=TITLE)
    named = {"command_type": "EDIT_CONTENT", "command_id": str(uuid4()), "session_id": session_id}
    edited = await api.http.post(COMMANDS, json=named | {"payload": PAYLOADS["EDIT_CONTENT"]})
    assert edited.status_code == 200, edited.text
    asked = await api.command("GENERATE_INSPIRATION", session_id)
    await api.outcome(session_id, asked["correlation_id"], stage=STAGE_ORDER[0])
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    await api.readable(session_id, begun["version"])
    await api.readable(done, finished["version"])
    await api.studio.accounts.open_session(api.account.id, "another browser")
    reader = await api.stranger()
    await api.studio.audit.session_read(reader.id, api.account.id, UUID(session_id), "state")

    async def shown() -> bool:
        return bool((await api.studio.reads.reads(api.account.id, None, 1)).items)

    await eventually(shown)
    book = Author(api.http)
    created = await api.http.post("/api/v1/projects/initiate", json={"keyword": TITLE})
    assert created.status_code == 202, created.text
    book.project_id = created.json()["project_id"]
    chapter_id = await book.open_chapter(TITLE)
    await book.readable(chapter_id)
    access, *_ = await api.studio.accounts.granted(api.account.id)
    return Owned(
        {
            "session_id": session_id,
            "correlation_id": begun["correlation_id"],
            "generation_id": asked["correlation_id"],
            "novel_id": finished["result"]["novel_id"],
            "id": str(access.id),
            "proposal_id": str(uuid5(UUID(asked["correlation_id"]), "proposal:0")),
            "stage": STAGE_ORDER[0],
            "model_id": (await keep(api.http))["id"],
            "project_id": book.project_id,
            "task_id": created.json()["job_id"],
            "chapter_id": chapter_id,
        }
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stranger(api: Served) -> Identity:
    return await api.stranger()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def other(api: Served, stranger: Identity) -> AsyncIterator[httpx.AsyncClient]:
    """Another account's browser: it may do whatever a person may."""
    async with await api.client() as http:
        http.cookies.set("genesis_session_8765", await api.studio.accounts.open_session(stranger.id))
        yield http


def nobodys(operation: Operation) -> dict[str, str]:
    return {name: STAGE_ORDER[0] if name == "stage" else str(uuid4()) for name in operation.parameters}


def said(answer: httpx.Response) -> tuple[int, bytes, set[tuple[str, str]]]:
    """All of an answer but when it was given and the number of the request: neither speaks of what was asked for."""
    headers = {(name, value) for name, value in answer.headers.items() if name not in {"date", "x-request-id"}}
    return answer.status_code, answer.content, headers


async def test_every_address_with_an_id_is_known_here(owned: Owned) -> None:
    assert {name for operation in WITH_IDS for name in operation.parameters} == owned.ids.keys()
    assert len(WITH_IDS) >= 6


@pytest.mark.parametrize("operation", WITH_IDS, ids=str)
async def test_what_is_anothers_is_not_found_just_as_what_does_not_exist(
    api: Served, owned: Owned, other: httpx.AsyncClient, operation: Operation
) -> None:
    before = await api.written()
    theirs = await other.request(operation.method, operation.at(owned.ids), params=ASKING.get(operation.path))
    nothing = await other.request(operation.method, operation.at(nobodys(operation)), params=ASKING.get(operation.path))
    assert (theirs.status_code, theirs.json()["code"]) == (404, "NOT_FOUND")
    assert said(theirs) == said(nothing)
    assert await api.written() == before


@pytest.mark.parametrize("operation", [one for one in WITH_IDS if one.method == "GET"], ids=str)
async def test_the_owner_finds_it_there(api: Served, owned: Owned, operation: Operation) -> None:
    asked = ASKING.get(operation.path)
    if operation.path in EMPTY:

        async def told() -> bool:
            answer = await api.http.request(operation.method, operation.at(owned.ids))
            assert answer.json()["code"] in (EMPTY[operation.path], "PROJECTION_LAGGING")
            return bool(answer.json()["code"] == EMPTY[operation.path])

        await eventually(told)
        return
    async with api.http.stream(operation.method, operation.at(owned.ids), params=asked) as answer:
        assert answer.status_code == 200, operation


@pytest.mark.parametrize("operation", [one for one in WITH_IDS if len(set(one.parameters) - {"stage"}) > 1], ids=str)
async def test_what_is_anothers_is_not_found_through_what_is_mine(
    api: Served, owned: Owned, other: httpx.AsyncClient, operation: Operation
) -> None:
    mine = (await other.post(COMMANDS, json={"command_type": "START_GENESIS"})).json()
    ids = owned.ids | {operation.parameters[0]: mine["session_id"]}
    theirs = await other.request(operation.method, operation.at(ids))
    nothing = await other.request(operation.method, operation.at(ids | {operation.parameters[-1]: NOBODY}))
    assert theirs.status_code == 404
    assert said(theirs) == said(nothing)


@pytest.mark.parametrize("operation", ADDRESSES, ids=lambda operation: operation.path)
@pytest.mark.parametrize("query", ["", "?min_version=1", "?min_version=1000000", "?cursor=1&limit=1", "?cursor=x"])
async def test_no_method_and_no_question_tells_anothers_from_nothing(
    owned: Owned, other: httpx.AsyncClient, operation: Operation, query: str
) -> None:
    for method in METHODS:
        theirs = await other.request(method, operation.at(owned.ids) + query)
        nothing = await other.request(method, operation.at(nobodys(operation)) + query)
        assert said(theirs) == said(nothing), (method, query)
        assert theirs.status_code >= 400


async def test_every_command_of_a_session_is_known_here() -> None:
    assert set(PAYLOADS) < command_types()


@pytest.mark.parametrize("command_type", sorted(command_types() - {"START_GENESIS", "BRANCH_GENESIS"}))
@pytest.mark.parametrize("expected_version", [None, 1, 77])
async def test_no_command_reaches_anothers_session(
    api: Served, owned: Owned, other: httpx.AsyncClient, command_type: str, expected_version: int | None
) -> None:
    before = await api.written()
    body = {
        "command_type": command_type,
        "payload": PAYLOADS.get(command_type, {}),
        "expected_version": expected_version,
    }
    theirs = await other.post(COMMANDS, json=body | {"session_id": owned.ids["session_id"]})
    nothing = await other.post(COMMANDS, json=body | {"session_id": NOBODY})
    assert (theirs.status_code, theirs.json()["code"]) == (404, "NOT_FOUND")
    assert said(theirs) == said(nothing)
    assert await api.written() == before


@pytest.mark.parametrize("at_version", [1, 77])
async def test_nobody_branches_from_anothers_session(
    api: Served, owned: Owned, other: httpx.AsyncClient, at_version: int
) -> None:
    before = await api.written()

    async def branch(session_id: str) -> httpx.Response:
        payload = {"from_session_id": session_id, "at_version": at_version}
        return await other.post(COMMANDS, json={"command_type": "BRANCH_GENESIS", "payload": payload})

    theirs = await branch(owned.ids["session_id"])
    assert theirs.status_code == 404
    assert said(theirs) == said(await branch(NOBODY))
    assert await api.written() == before


@pytest.mark.parametrize("operation", LISTS, ids=str)
async def test_lists_show_only_what_is_mine(
    owned: Owned, other: httpx.AsyncClient, operation: Operation, api: Served
) -> None:
    texts = []
    for http in (other, api.http):
        async with http.stream("GET", operation.path, params=ASKING.get(operation.path)) as answer:
            assert answer.status_code == 200
            texts.append("".join([text async for text in beginning(answer)]))
    mine, owners = texts
    assert not [secret for secret in (*owned.secrets, TITLE, str(api.account.id)) if secret in mine]
    assert operation.path in COUNTED or any(secret in owners for secret in (*owned.secrets, str(api.account.id)))


@pytest.mark.parametrize("path", sorted(OWNER_ONLY))
async def test_what_is_for_few_is_refused_to_anybody_else(other: httpx.AsyncClient, path: str) -> None:
    assert (await other.get(path)).status_code == OWNER_ONLY[path]


async def test_what_another_does_is_not_streamed_to_me(api: Served, owned: Owned, other: httpx.AsyncClient) -> None:
    async with opened_stream(other, "/api/v1/events/stream") as stream:
        assert [(await anext(stream)).event for _ in range(2)] == ["sessions", "novels"]
        moved = await api.command("NAVIGATE_TO_STAGE", owned.ids["session_id"], stage=STAGE_ORDER[2])
        await api.readable(owned.ids["session_id"], moved["version"])
        mine = (await other.post(COMMANDS, json={"command_type": "START_GENESIS"})).json()
        # changes come in the order in which they were made: what came first would have been seen first
        seen = []
        async with asyncio.timeout(20):
            while mine["session_id"] not in seen:
                seen.append(str((await anext(stream)).data.get("session_id")))
        assert owned.ids["session_id"] not in seen
