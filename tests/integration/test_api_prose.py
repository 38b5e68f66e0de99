"""Locked paragraphs, the style of a book, how a chapter reads and what a draft would cost, over HTTP."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.support.api import Served, served
from tests.support.author import Author, done, insert, problem, replace
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORN = "The tower was a testament to its builders. Little did she know."


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


async def about(author: Author, chapter_id: str, what: str, **params: Any) -> Any:
    return await author.http.get(f"/api/v1/projects/{author.project_id}/chapters/{chapter_id}/{what}", params=params)


async def test_a_locked_paragraph_stays_until_it_is_unlocked(author: Author) -> None:
    chapter_id, block = await author.open_chapter(), str(uuid4())
    version = done(await author.edit(chapter_id, insert(block, "Low water.")))["version"]
    locked = done(await author.post("chapters", "LOCK_BLOCKS", chapter_id=chapter_id, block_ids=[block]))

    shown = await author.chapter(chapter_id, min_version=locked["version"])
    assert [(one["locked"], one["version"]) for one in shown["blocks"]] == [(True, version)]
    problem(await author.edit(chapter_id, replace(block, "Else.", version)), 422, "BLOCK_LOCKED")
    problem(
        await author.post("chapters", "LOCK_BLOCKS", chapter_id=chapter_id, block_ids=[str(uuid4())]),
        422,
        "UNKNOWN_BLOCK",
    )

    done(await author.post("chapters", "UNLOCK_BLOCKS", chapter_id=chapter_id, block_ids=[block]))
    changed = done(await author.edit(chapter_id, replace(block, "Else.", version)))
    shown = await author.chapter(chapter_id, min_version=changed["version"])
    assert [(one["text"], one["locked"]) for one in shown["blocks"]] == [("Else.", False)]


async def test_the_style_of_a_book_is_kept_measured_and_exempts_what_it_holds(author: Author) -> None:
    chapter_id = await author.open_chapter()
    written = done(await author.edit(chapter_id, insert(str(uuid4()), WORN)))
    found = done(await about(author, chapter_id, "prose", min_version=written["version"]))
    assert [flag["about"] for flag in found["text"]["flags"]] == ["a testament to", "Little did she know"]
    assert all(WORN[flag["start"] : flag["end"]] == flag["about"] for flag in found["text"]["flags"])
    assert (found["draft"], found["sample"], found["text"]["measured"]) == (None, None, None)

    sample = "Every stone is a testament to somebody's back, and nobody says whose it was. " * 15
    answer = await author.project("SET_STYLE", style={"sample": sample, "rules": ["Past tense."]})
    project = await author.read(min_version=answer["version"])
    assert (project["style"]["rules"], project["style"]["banned"]) == (["Past tense."], [])
    assert project["sample"]["sentence_words"] > 5
    found = done(await about(author, chapter_id, "prose"))
    assert [flag["about"] for flag in found["text"]["flags"]] == ["Little did she know"]


async def test_what_a_draft_costs_is_told_before(author: Author) -> None:
    chapter_id = await author.open_chapter()
    found = done(await about(author, chapter_id, "estimate", words=900, writer="muse"))
    assert (found["enabled"], found["usual_usd"], found["most_usd"]) == (False, 0.0, 0.0)
    problem(await about(author, chapter_id, "estimate", words=1), 400, "INVALID_REQUEST")


async def test_only_the_author_reads_it(author: Author) -> None:
    await author.open_chapter()
    for what in ("prose", "estimate"):
        problem(await about(author, str(uuid4()), what), 404, "NOT_FOUND")
