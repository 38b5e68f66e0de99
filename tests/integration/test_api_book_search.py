"""Looking for words in a whole book over HTTP: what was just saved is found, and nothing of anybody else's."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.support.api import Served, served
from tests.support.author import Author, done, insert, problem, replace
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster, redis_url: str) -> AsyncIterator[Served]:
    with cluster.database() as url:
        async with served(url, redis_url) as running:
            yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def author(api: Served) -> Author:
    author = Author(api.http)
    await author.begin(title="The Salt Clock")
    return author


def address(author: Author) -> str:
    return f"/api/v1/projects/{author.project_id}/search"


async def found(author: Author, q: str, **options: Any) -> Any:
    return done(await author.http.get(address(author), params={"q": q, **options}))


async def test_what_was_just_saved_is_found_in_the_order_of_the_text(author: Author) -> None:
    chapter_id, first, second = await author.open_chapter(), str(uuid4()), str(uuid4())
    done(await author.edit(chapter_id, insert(first, "Mara came down.")))
    version = done(await author.edit(chapter_id, insert(second, "Nobody saw mara.", first)))["version"]
    assert await found(author, "Mara") == {
        "total": 2,
        "chapters": [
            {
                "id": chapter_id,
                "title": (await author.chapter(chapter_id))["title"],
                "total": 2,
                "places": [
                    {"block_id": first, "version": version - 1, "locked": False, "start": 0, "end": 4, "before": "",
                     "match": "Mara", "after": " came down."},
                    {"block_id": second, "version": version, "locked": False, "start": 11, "end": 15,
                     "before": "Nobody saw ", "match": "mara", "after": "."},
                ],
            }
        ],
    }  # fmt: skip
    assert (await found(author, "Mara", case=True))["total"] == 1
    assert (await found(author, "mar", whole=True))["total"] == 0

    done(await author.edit(chapter_id, replace(second, "Nobody saw her.", version)))
    assert (await found(author, "Mara"))["total"] == 1
    done(await author.post("projects", "REMOVE_ENTRY", project_id=author.project_id, entry_id=chapter_id))
    assert (await found(author, "Mara")) == {"total": 0, "chapters": []}


async def test_what_cannot_be_looked_for_is_said(api: Served, author: Author) -> None:
    for q in ("", "a" * 201, "\x00"):
        problem(await author.http.get(address(author), params={"q": q}), 400, "INVALID_REQUEST")
    problem(await api.http.get(f"/api/v1/projects/{uuid4()}/search", params={"q": "a"}), 404, "NOT_FOUND")
    async with await api.client(await api.stranger()) as http:
        problem(await http.get(address(author), params={"q": "a"}), 404, "NOT_FOUND")
