"""Nobody reaches another's book: with every command of a project and of a chapter. What is another's is answered with
the very bytes that an id gets which does not exist; reading is in test_ownership.py.
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from genesis_types.enums import ChapterCommandType, ProjectCommandType

from tests.support.api import Served, served
from tests.support.author import Author
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-4000-8000-000000000009"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster, redis_url: str) -> AsyncIterator[Served]:
    with cluster.database() as url:
        async with served(url, redis_url) as running:
            yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def owned(api: Served) -> dict[str, str]:
    book = Author(api.http)
    await book.begin(title="The Drowned Bell")
    chapter_id = await book.open_chapter()
    return {"session_id": await api.start(), "project_id": book.project_id, "chapter_id": chapter_id}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def other(api: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with await api.client(await api.stranger()) as http:
        yield http


def said(answer: httpx.Response) -> tuple[int, bytes]:
    return answer.status_code, answer.content


WRITING: dict[str, dict[str, Any]] = {
    "RENAME_PROJECT": {"title": "Mine now"},
    "ADD_ENTRY": {"kind": "chapter", "title": "Mine"},
    "RENAME_ENTRY": {"entry_id": NOBODY, "title": "Mine"},
    "MOVE_ENTRY": {"entry_id": NOBODY, "position": 0},
    "REMOVE_ENTRY": {"entry_id": NOBODY},
    "RESTORE_ENTRY": {"entry_id": NOBODY},
    "PLAN_CHAPTER": {"entry_id": NOBODY, "plan": {}},
    "DESCRIBE_BOOK": {"matter": {}},
    "WRITE_CONTENTS": {},
    "CANCEL_CONTENTS": {},
    "ACCEPT_CONTENTS": {"contents_id": NOBODY},
    "REFUSE_CONTENTS": {"contents_id": NOBODY},
    "WAIVE_CONTENTS_FINDING": {"finding_id": NOBODY, "reason": "Mine."},
    "UNWAIVE_CONTENTS_FINDING": {"finding_id": NOBODY},
    "RESUME_INITIATION": {},
    "CANCEL_INITIATION": {},
    "CHOOSE_CONCEPT": {"concept_id": NOBODY},
    "WAIVE_FINDING": {"finding_id": NOBODY, "reason": "Mine."},
    "UNWAIVE_FINDING": {"finding_id": NOBODY},
    "SET_STYLE": {"style": {}},
    "OPEN_CHAPTER": {"project_id": NOBODY},
    "EDIT_CHAPTER": {"edits": [{"op": "insert", "block_id": NOBODY, "text": "Mine."}]},
    "SET_CHAPTER_STATUS": {"status": "final"},
    "DRAFT_CHAPTER": {"project_id": NOBODY},
    "CANCEL_DRAFT": {},
    "ACCEPT_DRAFT": {"draft_id": NOBODY},
    "REFUSE_DRAFT": {"draft_id": NOBODY},
    "LOCK_BLOCKS": {"block_ids": [NOBODY]},
    "UNLOCK_BLOCKS": {"block_ids": [NOBODY]},
    "REWRITE_SELECTION": {
        "project_id": NOBODY,
        "wish": "shorter",
        "blocks": [{"block_id": NOBODY, "based_on": 1}],
    },
    "ACKNOWLEDGE_CHANGES": {"change_ids": [NOBODY]},
}


async def test_every_command_of_a_book_is_known_here() -> None:
    assert {*WRITING, "CREATE_PROJECT", "INITIATE_PROJECT", "IMPORT_PROJECT"} == {
        *ProjectCommandType,
        *ChapterCommandType,
    }


@pytest.mark.parametrize("command_type", WRITING)
@pytest.mark.parametrize("expected_version", [None, 1, 77])
async def test_no_command_reaches_anothers_book(
    api: Served, owned: dict[str, str], other: httpx.AsyncClient, command_type: str, expected_version: int | None
) -> None:
    before = await api.written()
    which = "chapter" if command_type in set(ChapterCommandType) else "project"
    body = {
        "command_type": command_type,
        "payload": WRITING[command_type]
        | ({"project_id": owned["project_id"]} if "project_id" in WRITING[command_type] else {}),
        "expected_version": expected_version,
    }
    name, address = f"{which}_id", f"/api/v1/{which}s/commands"
    theirs = await other.post(address, json=body | {name: owned[name]})
    nothing = await other.post(address, json=body | {name: NOBODY})
    assert (theirs.status_code, theirs.json()["code"]) == (404, "NOT_FOUND")
    assert said(theirs) == said(nothing)
    assert await api.written() == before


async def test_no_book_begins_from_anothers_session(
    api: Served, owned: dict[str, str], other: httpx.AsyncClient
) -> None:
    body = {"command_type": "CREATE_PROJECT"}
    sessions = (owned["session_id"], NOBODY)
    answers = [
        await other.post("/api/v1/projects/commands", json=body | {"payload": {"from_session_id": one}})
        for one in sessions
    ]
    assert answers[0].status_code == 404
    assert said(answers[0]) == said(answers[1])
