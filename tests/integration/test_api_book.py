"""The book that is being written as a file, over HTTP and as a command: whole, in order, for its owner alone."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from infrastructure.exports.books.formats import MEDIA, BookFormat
from tests.support.api import Served, served
from tests.support.author import Author, done, insert, problem
from tests.support.book_texts import epubcheck, pandoc, references_of, squeezed, text_of
from tests.support.hostile_texts import hostile
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORMATS = list(BookFormat)
NOBODY = "00000000-0000-4000-8000-000000000009"


class Book:
    """A book with a part, three written chapters and one that is empty."""

    def __init__(self, author: Author, chapters: dict[str, str]) -> None:
        self.author = author
        self.chapters = chapters

    async def asked(self, **parameters: Any) -> httpx.Response:
        address = f"/api/v1/projects/{self.author.project_id}/export"
        return await self.author.http.get(address, params=parameters, timeout=90)


async def written(author: Author, chapter_id: str, *texts: str) -> None:
    ids = [str(uuid4()) for _ in texts]
    inserts = [insert(one, text, before) for one, text, before in zip(ids, texts, [None, *ids], strict=False)]
    done(await author.edit(chapter_id, *inserts))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(cluster: Cluster) -> AsyncIterator[str]:
    with cluster.database() as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(url, redis_url, limit_exports="off") as running:
        yield running


async def made(api: Served, title: str, language: str, texts: dict[str, tuple[str, ...]]) -> Book:
    """The second chapter stands in a part; a fourth has no text, a fifth was removed."""
    author = Author(api.http)
    await author.begin(title=title, language=language)
    chapters: dict[str, str] = {}
    for name, said in texts.items():
        chapters[name] = await author.open_chapter(name)
        if said:
            await written(author, chapters[name], *said)
    part = (await author.project("ADD_ENTRY", kind="part", title="Ebb ⁂ 潮", position=1))["result"]["entry_id"]
    await author.project("MOVE_ENTRY", entry_id=chapters[list(texts)[1]], parent_id=part, position=0)
    gone = chapters["Gone"] = await author.open_chapter("Gone")
    await written(author, gone, "Nobody reads this.")
    await author.project("REMOVE_ENTRY", entry_id=gone)
    return Book(author, chapters)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def english(api: Served) -> Book:
    texts: dict[str, tuple[str, ...]] = {
        "Low Water": ("The clock\nhad stopped.", "***", "It was *not* hers."),
        "High Water <b>": tuple(hostile("/etc/passwd")),
        "Slack": ("End.",),
        "Not written": (),
    }
    return await made(api, "The Salt / Clock", "en", texts)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chinese(api: Served) -> Book:
    texts: dict[str, tuple[str, ...]] = {
        "低潮": ("　　钟停了。", "⁂", "“你好，”她说。"),
        "高潮": ("海水来了。",),
        "平潮": ("完。",),
        "未写": (),
    }
    return await made(api, "盐钟", "zh", texts)


@pytest.mark.parametrize("file_format", FORMATS)
async def test_each_format_holds_the_whole_book_in_order_as_it_was_typed(
    english: Book, file_format: BookFormat
) -> None:
    answer = await english.asked(format=file_format.value)
    assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA[file_format]), answer.text
    found = squeezed(text_of(file_format, answer.content))
    place = 0
    for said in ("The Salt / Clock", "Low Water", "stopped.", "*not* hers.", "Ebb", "High Water <b>", "Slack", "End."):
        place = found.find(squeezed(said), place)
        assert place >= 0, said
    typed = [text for text in hostile("/etc/passwd") if text != "***"]
    if file_format is not BookFormat.PDF:  # whose words are divided at the ends of lines
        assert [text for text in typed if squeezed(text) not in found] == []
    assert references_of(file_format, answer.content) == []
    assert not any(absent in found for absent in ("Nobodyreads", "Notwritten", "root:x:"))
    assert unquote(answer.headers["content-disposition"].split("UTF-8''")[1]).startswith("The Salt Clock.")


@pytest.mark.parametrize("file_format", FORMATS)
async def test_a_chinese_book_too_and_the_same_bytes_each_time(chinese: Book, file_format: BookFormat) -> None:
    answer = await chinese.asked(format=file_format.value)
    found = squeezed(text_of(file_format, answer.content))
    place = 0
    for said in ("盐钟", "低潮", "钟停了。", "“你好，”她说。", "高潮", "海水来了。", "平潮", "完。"):
        place = found.find(said, place)
        assert place >= 0, said
    assert unquote(answer.headers["content-disposition"].split("UTF-8''")[1]).startswith("盐钟.")
    assert (await chinese.asked(format=file_format.value)).content == answer.content


async def test_epubcheck_finds_nothing_in_a_book(english: Book, tmp_path: Path) -> None:
    assert epubcheck((await english.asked(with_empty=True)).content, tmp_path) == []


async def test_scene_breaks_and_line_breaks_are_what_they_are(english: Book) -> None:
    data = (await english.asked(format="docx")).content
    shown = pandoc(data, "docx", "native")
    assert "LineBreak" in shown
    page = (await english.asked(format="html")).text
    assert page.count("<hr") == 2
    assert "The clock<br>\nhad stopped." in page.replace("<br />", "<br>")
    assert "The clock\\\nhad stopped." in (await english.asked(format="markdown")).text


async def test_chapters_are_chosen_and_empty_ones_asked_for(english: Book) -> None:
    low, slack, empty = (english.chapters[name] for name in ("Low Water", "Slack", "Not written"))
    one = await english.asked(format="markdown", chapter=slack)
    assert ("End." in one.text, "The clock" in one.text) == (True, False)
    assert unquote(one.headers["content-disposition"].split("UTF-8''")[1]) == "The Salt Clock – Slack.md"
    two = (await english.asked(format="markdown", chapter=[slack, low])).text
    assert two.index("The clock") < two.index("End.")
    assert "## Not written" in (await english.asked(format="markdown", with_empty=True)).text
    assert problem(await english.asked(chapter=empty), 422, "NOTHING_WRITTEN")["detail"].startswith(
        "Nothing is written"
    )


async def test_what_is_no_chapter_of_this_book_is_not_found(english: Book, chinese: Book) -> None:
    for chapter in (NOBODY, english.chapters["Gone"], chinese.chapters["低潮"], english.author.project_id):
        problem(await english.asked(chapter=[english.chapters["Slack"], chapter]), 404, "NOT_FOUND")
    for wrong in ({"format": "exe"}, {"chapter": "x"}, {"with_empty": "perhaps"}):
        problem(await english.asked(**wrong), 400, "INVALID_REQUEST")


async def test_a_book_without_text_is_refused_with_a_sentence(api: Served) -> None:
    author = Author(api.http)
    await author.begin(title="Nothing yet")
    bare = Book(author, {})
    problem(await bare.asked(), 422, "NOTHING_WRITTEN")
    await author.open_chapter()
    said = problem(await bare.asked(with_empty=True), 422, "NOTHING_WRITTEN")
    assert "Write something in a chapter first" in said["detail"]


async def test_what_was_saved_before_is_in_the_file(api: Served) -> None:
    author = Author(api.http)
    await author.begin(title="Fresh")
    chapter_id = await author.open_chapter()
    fresh = Book(author, {})
    for number in range(3):
        await written(author, chapter_id, f"Saved as {number}.")
        assert f"Saved as {number}." in (await fresh.asked(format="markdown")).text


async def test_only_the_owner_gets_it(api: Served, english: Book) -> None:
    address = f"/api/v1/projects/{english.author.project_id}/export"
    async with await api.client(await api.stranger()) as other:
        theirs = await other.get(address, params={"chapter": english.chapters["Slack"]})
        nothing = await other.get(f"/api/v1/projects/{NOBODY}/export", params={"chapter": english.chapters["Slack"]})
    assert (theirs.status_code, theirs.content) == (404, nothing.content)
    async with await api.client() as unknown:
        assert (await unknown.get(address)).status_code == 401


async def test_the_command_lists_books_and_keeps_one_as_a_file(url: str, english: Book, tmp_path: Path) -> None:
    def typed(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli.main", "projects", *words],
            cwd=tmp_path,
            env=os.environ
            | {
                "GENESIS_DATABASE_URL": url,
                "GENESIS_HOME": str(tmp_path),
                "PYTHONPATH": str(Path(__file__).parents[2]),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    project_id = english.author.project_id
    assert f"{project_id}" in typed("list").stdout
    done_well = typed("export", project_id, "--format", "markdown")
    made = tmp_path / "The Salt Clock.md"
    assert (done_well.returncode, done_well.stderr) == (0, "")
    assert f"{made}:" in done_well.stdout
    assert made.read_bytes() == (await english.asked(format="markdown")).content
    one = typed("export", project_id, "--chapter", english.chapters["Slack"], "--format", "html", "--out", "one.html")
    assert one.returncode == 0, one.stderr
    assert "The clock" not in (tmp_path / "one.html").read_text()
    for words, sentence in (
        ((NOBODY,), "There is no such project."),
        ((project_id, "--chapter", NOBODY), "There is no such chapter in this book."),
        ((project_id, "--chapter", english.chapters["Not written"]), "Nothing is written here yet."),
    ):
        refused = typed("export", *words)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert sentence in refused.stderr
