"""Books that exist already, over HTTP: read, shown, and begun as projects; whole or not at all, and once."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from domain.project.aggregate import PROJECT
from infrastructure.exports.books.formats import BookFormat
from tests.support.api import Served, served
from tests.support.author import Author, done, problem, shape
from tests.support.postgres import Cluster
from tests.support.reading import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADDRESS = "/api/v1/projects/import"
TEXTS = {
    "Low Water": (
        "The clock\nhad stopped at *nine*, said Ada.",
        "***",
        "1. It was not hers; she said --- so.",
        "# no head",
    ),
    "High Water & <b>": ("“The sea,” he wrote, “came back.”", "He waited, and the tide went out again."),
    "低潮": ("钟停了。她看着海水退去。",),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(cluster: Cluster) -> AsyncIterator[str]:
    with cluster.database() as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(url, redis_url, limit_exports="off") as running:
        yield running


async def previewed(http: httpx.AsyncClient, data: bytes, name: str) -> dict[str, Any]:
    return done(await http.post(ADDRESS, params={"name": name}, content=data, timeout=90))


def wanted(preview: dict[str, Any]) -> dict[str, Any]:
    """What the page sends when nothing is changed."""
    entries = [
        {name: one[name] for name in ("kind", "title", "depth", "paragraphs")}
        for one in preview["entries"]
        if one["left_out"] is None
    ]
    return {"title": preview["title"], "language": preview["language"], "entries": entries}


async def imported(http: httpx.AsyncClient, preview: dict[str, Any]) -> Author:
    author = Author(http)
    answer = await author.project("IMPORT_PROJECT", **wanted(preview))
    author.project_id = answer["project_id"]
    await answered(http, f"/api/v1/projects/{author.project_id}", min_version=answer["version"])
    return author


async def answered(http: httpx.AsyncClient, address: str, **params: Any) -> dict[str, Any]:
    """What is there once the read side has it, however short the API's own patience is."""
    found: list[dict[str, Any]] = []

    async def shown() -> bool:
        answer = await http.get(address, params=params, timeout=90)
        if answer.status_code == 200:
            found.append(answer.json())
        return bool(found)

    await eventually(shown)
    return found[0]


async def texts_of(author: Author) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in (await author.read())["contents"]:
        if entry["kind"] == "chapter":
            await author.readable(entry["id"])
            chapter = await author.chapter(entry["id"])
            assert chapter["status"] == "written"
            found[entry["title"]] = tuple(block["text"] for block in chapter["blocks"])
    return found


def book() -> dict[str, Any]:
    titles = list(TEXTS)
    chapters = [{"kind": "chapter", "title": one, "depth": 1, "paragraphs": TEXTS[one]} for one in titles]
    chapters[1]["depth"] = 2
    part = {"kind": "part", "title": "Ebb", "depth": 1, "paragraphs": ()}
    return {
        "title": "The Salt / Clock",
        "language": "en",
        "entries": [{"left_out": None} | one for one in (chapters[0], part, chapters[1], chapters[2])],
    }


@pytest.mark.parametrize("file_format", [BookFormat.DOCX, BookFormat.EPUB, BookFormat.MARKDOWN])
async def test_an_exported_book_comes_back_with_the_same_chapters_and_paragraphs(
    api: Served, file_format: BookFormat
) -> None:
    author = await imported(api.http, book())
    assert shape(await author.read()) == ["Low Water", "Ebb", "  High Water & <b>", "低潮"]
    assert await texts_of(author) == TEXTS
    matter = {
        "copyright": "© A. Writer",
        "dedication": "For nobody",
        "acknowledgements": "Thanks",
        "tells_ai_use": True,
    }
    await author.project("DESCRIBE_BOOK", matter=matter)
    file = await api.http.get(
        f"/api/v1/projects/{author.project_id}/export", params={"format": file_format.value}, timeout=90
    )
    assert file.status_code == 200, file.text
    preview = await previewed(api.http, file.content, f"b.{file_format.value}")
    assert (preview["title"], preview["language"]) == ("The Salt / Clock", "en")
    left = [one["left_out"] for one in preview["entries"] if one["left_out"]]
    assert {"copyright", "dedication", "acknowledgements", "ai_use"} <= set(left)
    again = await imported(api.http, preview)
    assert shape(await again.read()) == ["Low Water", "Ebb", "  High Water & <b>", "低潮"]
    assert await texts_of(again) == TEXTS


async def test_asked_twice_and_twice_at_once_it_is_one_project_and_another_body_is_refused(api: Served) -> None:
    author, command_id = Author(api.http), str(uuid4())
    payload = wanted(book())
    both = await asyncio.gather(
        *(author.post("projects", "IMPORT_PROJECT", command_id=command_id, **payload) for _ in range(2))
    )
    answers = [done(one) for one in both]
    assert answers[0] == answers[1]
    assert done(await author.post("projects", "IMPORT_PROJECT", command_id=command_id, **payload)) == answers[0]
    other = await author.post("projects", "IMPORT_PROJECT", command_id=command_id, **(payload | {"title": "Other"}))
    problem(other, 409, "COMMAND_ID_REUSED")
    author.project_id = answers[0]["project_id"]
    await answered(api.http, f"/api/v1/projects/{author.project_id}", min_version=1)
    assert await texts_of(author) == TEXTS


async def test_what_cannot_be_imported_is_refused_whole_and_nothing_is_written(api: Served) -> None:
    async with await api.client(await api.stranger()) as http:
        author = Author(http)
        chapter = {"kind": "chapter", "title": "One", "depth": 1, "paragraphs": ["Text."]}
        for entries, code in (
            ([chapter | {"paragraphs": []}], "NOTHING_TO_IMPORT"),
            ([chapter, chapter | {"paragraphs": ["w" * 50_000] * 21}], "CHAPTER_TOO_LONG"),
            ([chapter] * 1_001, "CONTENTS_FULL"),
            ([chapter, chapter | {"kind": "part"}], "NOT_A_CHAPTER"),
        ):
            answer = await author.post("projects", "IMPORT_PROJECT", title="T", entries=entries)
            problem(answer, 422, code)
        for entries in ([], [chapter | {"depth": 9}], [chapter | {"title": " "}], [chapter | {"paragraphs": [""]}]):
            problem(await author.post("projects", "IMPORT_PROJECT", title="T", entries=entries), 400, "INVALID_REQUEST")
        assert done(await http.get("/api/v1/projects"))["items"] == []


async def test_files_that_are_no_book_are_refused_with_what_to_do(api: Served) -> None:
    for data, status, code in (
        (b"%PDF-1.7", 422, "NOT_A_BOOK"),
        (b"", 422, "NO_TEXT"),
        (b"PK\x03\x04", 422, "DAMAGED"),
        (b" " * (21 * 1024 * 1024), 413, "TOO_LARGE"),
    ):
        problem(await api.http.post(ADDRESS, content=data, timeout=90), status, code)
    async with await api.client() as nobody:
        problem(await nobody.post(ADDRESS, content=b"x"), 401, "UNAUTHENTICATED")


async def test_a_novel_of_100_000_words_is_one_append_and_its_check_and_export_work(api: Served) -> None:
    sentence = "The tide went out past the last of the posts, and Ada Venn counted them as her mother had. "
    text = "\n\n".join(
        f"CHAPTER {number}\n\n" + "\n\n".join(f"{sentence * 5}({number}, {one})" for one in range(27))
        for number in range(1, 41)
    )
    preview = await previewed(api.http, text.encode(), "tide.txt")
    assert len(preview["entries"]) == 40
    assert 95_000 < sum(one["words"] for one in preview["entries"]) < 105_000
    author = await imported(api.http, preview)
    await author.readable((await author.read())["contents"][-1]["id"])
    assert (await author.read())["words"] == sum(one["words"] for one in preview["entries"])
    check = await answered(api.http, f"/api/v1/projects/{author.project_id}/continuity")
    assert check["findings"] == []


async def test_the_command_shows_a_book_and_begins_it_for_the_owner(url: str, api: Served, tmp_path: Path) -> None:
    def typed(*words: str, answers: str = "") -> subprocess.CompletedProcess[str]:
        more = {"GENESIS_DATABASE_URL": url, "GENESIS_HOME": str(tmp_path)}
        return subprocess.run(
            [sys.executable, "-m", "cli.main", "projects", "import", *words],
            cwd=tmp_path,
            env=os.environ | more | {"PYTHONPATH": str(Path(__file__).parents[2])},
            input=answers,
            capture_output=True,
            text=True,
            check=False,
        )

    (tmp_path / "salt.txt").write_text("Salt\n\nChapter 1\n\nThe clock.\n\nChapter 2\n\nThe sea.\n")
    (tmp_path / "salt.pdf").write_bytes(b"%PDF-1.7")
    shown = typed("salt.txt", answers="n\n")
    assert (shown.returncode, "Chapter 2" in shown.stdout) == (0, True), shown.stderr
    begun = json.loads(typed("salt.txt", "--yes", "--json", "--title", "The Salt Clock").stdout)
    assert (begun["title"], [one["title"] for one in begun["entries"][1:]]) == (
        "The Salt Clock",
        ["Chapter 1", "Chapter 2"],
    )
    assert (await api.studio.store.load(PROJECT, UUID(begun["project_id"]))).title == "The Salt Clock"
    for words in (("salt.pdf",), ("none.txt",), ("salt.txt", "--language", "?"), (".",)):
        refused = typed(*words, "--yes")
        assert (refused.returncode in (1, 2), refused.stdout, "Traceback" in refused.stderr) == (True, "", False)
