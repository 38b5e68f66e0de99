"""A book made ready for shops over HTTP and as a command: its matter, its cover, what is said before a download."""

import io
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from pypdf import PdfReader

from infrastructure.exports.books.formats import BookFormat
from tests.integration.test_api_book import NOBODY, written
from tests.support.api import Served, served
from tests.support.author import Author, done, problem
from tests.support.book_texts import squeezed, text_of
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")

MATTER = {
    "subtitle": "A Novel of Tides",
    "author": "Mara Vance",
    "description": "A clock of salt.",
    "copyright": "© 2026 Mara Vance\n![](file:///etc/passwd)",
    "dedication": 'For Ida #read("/etc/passwd")',
    "acknowledgements": "Thanks.",
    "about_author": "She writes.",
    "tells_ai_use": True,
}


class Publisher:
    def __init__(self, author: Author) -> None:
        self.author = author
        self.address = f"/api/v1/projects/{author.project_id}"

    async def get(self, what: str, **parameters: Any) -> httpx.Response:
        return await self.author.http.get(f"{self.address}/{what}", params=parameters, timeout=90)

    async def faults(self, shop: str, **parameters: Any) -> dict[str, dict[str, Any]]:
        found = done(await self.get("export/preflight", shop=shop, **parameters))
        return {one["code"]: one for one in found["faults"]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(cluster: Cluster) -> AsyncIterator[str]:
    with cluster.database() as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(url, redis_url, limit_exports="off") as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bare(api: Served) -> Publisher:
    """Written, and nothing said of it; a chapter is empty, and one has a character that no font has."""
    author = Author(api.http)
    await author.begin(title="The Salt Clock", language="en")
    await written(author, await author.open_chapter("Low Water"), "The clock had stopped.", "***", "A sign: 𒀀.")
    await author.open_chapter("Slack")
    return Publisher(author)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(api: Served) -> Publisher:
    author = Author(api.http)
    await author.begin(title="The Salt Clock", language="en")
    await written(author, await author.open_chapter("Low Water"), "The clock had stopped.")
    described = await author.project("DESCRIBE_BOOK", matter=MATTER)
    await author.read(min_version=described["version"])
    return Publisher(author)


async def test_what_was_said_of_a_book_is_shown_and_stands_in_every_format(told: Publisher) -> None:
    assert (await told.author.read())["matter"] == MATTER
    for file_format in BookFormat:
        answer = await told.get("export", format=file_format.value)
        found, place = squeezed(text_of(file_format, answer.content)), 0
        for said in (
            "The Salt Clock",
            "A Novel of Tides",
            "Mara Vance",
            "© 2026",
            "For Ida",
            "had stopped.",
            "Thanks.",
        ):
            place = found.find(squeezed(said), place)
            assert place >= 0, (file_format, said)
        assert squeezed("![](file:///etc/passwd)") in found
        assert squeezed("She writes.") in found
        assert squeezed("No scene of this book is recorded") in found
        assert b"root:x:" not in answer.content


async def test_a_bare_book_is_told_what_it_lacks_with_places_and_mends(bare: Publisher) -> None:
    faults = await bare.faults("kdp_paperback")
    assert {"NO_DESCRIPTION", "NO_COPYRIGHT", "EMPTY_CHAPTER", "MISSING_GLYPH", "TOO_FEW_PAGES"} <= set(faults)
    assert faults["EMPTY_CHAPTER"]["places"] == ["Slack"]
    assert faults["MISSING_GLYPH"]["places"] == ["Low Water"]
    assert "U+12000" in faults["MISSING_GLYPH"]["message"]
    assert all(one["mend"] for one in faults.values())
    found = done(await bare.get("export/preflight", shop="kdp_paperback"))
    assert (found["ready"], found["faults"][0]["severity"]) == (False, "error")


async def test_a_told_book_is_ready_and_the_file_that_was_checked_is_the_one_that_is_given(told: Publisher) -> None:
    for shop in ("any", "apple_books", "kdp_ebook", "printer"):
        found = done(await told.get("export/preflight", shop=shop, template="modern", trim="a5"))
        assert found["ready"], found
        answer = await told.get("export", **found["file"])
        assert len(answer.content) == found["size"]
        if shop == "printer":
            assert len(PdfReader(io.BytesIO(answer.content)).pages) == found["pages"]
        else:
            assert found["pages"] == 0


async def test_a_cover_is_shown_before_anything_is_written(api: Served, told: Publisher) -> None:
    pictures = [await told.get("cover", template=one) for one in ("standard", "modern", "academic")]
    assert {(one.status_code, one.headers["content-type"]) for one in pictures} == {(200, "image/png")}
    assert len({one.content for one in pictures}) == 3
    author = Author(api.http)
    await author.begin(title="Nothing yet")
    nothing = Publisher(author)
    assert (await nothing.get("cover")).content.startswith(b"\x89PNG")
    problem(await nothing.get("export/preflight", shop="any"), 422, "NOTHING_WRITTEN")


async def test_what_is_not_offered_is_refused_by_name(told: Publisher) -> None:
    for wrong in ({"shop": "moon"}, {"shop": "any", "template": "baroque"}, {"shop": "any", "trim": "1x1"}):
        problem(await told.get("export/preflight", **wrong), 400, "INVALID_REQUEST")
    for wrong in ({"template": "baroque"}, {"purpose": "burn"}, {"cover": "perhaps"}):
        problem(await told.get("export", **wrong), 400, "INVALID_REQUEST")
    too_long = await told.author.post(
        "projects", "DESCRIBE_BOOK", project_id=told.author.project_id, matter={"author": "x" * 401}
    )
    problem(too_long, 400, "INVALID_REQUEST")


async def test_only_the_owner_sees_cover_and_faults(api: Served, told: Publisher) -> None:
    async with await api.client(await api.stranger()) as other:
        for what in ("cover", "export/preflight?shop=any"):
            theirs = await other.get(f"{told.address}/{what}")
            nothing = await other.get(f"/api/v1/projects/{NOBODY}/{what}")
            assert (theirs.status_code, theirs.content) == (404, nothing.content)
    async with await api.client() as unknown:
        assert (await unknown.get(f"{told.address}/cover")).status_code == 401


async def test_the_command_tells_the_same_and_keeps_an_edition(
    url: str, bare: Publisher, told: Publisher, tmp_path: Path
) -> None:
    def typed(*words: str) -> subprocess.CompletedProcess[str]:
        here = {
            "GENESIS_DATABASE_URL": url,
            "GENESIS_HOME": str(tmp_path),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        command = [sys.executable, "-m", "cli.main", "projects", *words]
        return subprocess.run(command, cwd=tmp_path, env=os.environ | here, capture_output=True, text=True, check=False)

    lacking = typed("preflight", bare.author.project_id, "--shop", "kdp_paperback")
    assert lacking.returncode == 1
    assert lacking.stdout.startswith("error: ")
    assert "warning: Chapters without text are left out: 1. In: Slack." in lacking.stdout
    good = typed("preflight", told.author.project_id, "--shop", "printer", "--trim", "a5")
    assert (good.returncode, good.stderr) == (0, ""), good.stdout
    assert good.stdout.endswith("Ready for a printer.\n")
    words = ("--format", "pdf", "--for", "print", "--template", "modern", "--out", "book.pdf")
    assert typed("export", told.author.project_id, *words).returncode == 0
    asked = await told.get("export", format="pdf", purpose="print", template="modern")
    assert (tmp_path / "book.pdf").read_bytes() == asked.content
