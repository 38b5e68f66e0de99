"""The check of a book over HTTP and on the command line: findings with both sentences, edits, waivers, drafts."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from cli.projects import app
from projections.project.continuity import CONTINUITY
from tests.support.api import Served, served
from tests.support.author import Author, done, insert, problem, replace
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def database(cluster: Cluster) -> Iterator[str]:
    with cluster.database() as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(database: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database, redis_url) as running:
        yield running


async def checked(author: Author, **params: str) -> dict:
    return done(await author.http.get(f"/api/v1/projects/{author.project_id}/continuity", params=params))


async def test_a_finding_comes_with_an_edit_is_waived_and_goes_with_another(api: Served) -> None:
    author = Author(api.http)
    await author.begin(title="The Drowned Bell")
    early, late = await author.open_chapter("Ebb"), await author.open_chapter("Flood")
    one, two = str(uuid4()), str(uuid4())
    for chapter_id in (early, late):
        await author.project("PLAN_CHAPTER", entry_id=chapter_id, plan={"who": ["Ines Vale"]})
    first = done(await author.edit(early, insert(one, "It rained. Ines Vale’s eyes were blue.")))
    done(await author.edit(late, insert(two, "Ines Vale’s eyes were green. She rowed.")))
    found = await checked(author)
    (finding,) = found["findings"]
    assert (finding["kind"], finding["person"], found["open_findings"]) == ("eyes", "Ines Vale", 1)
    assert finding["first"] == {
        "chapter_id": early,
        "chapter_title": "Ebb",
        "block_id": one,
        "sentence": "Ines Vale’s eyes were blue.",
    }
    assert (finding["second"]["block_id"], finding["second"]["sentence"]) == (two, "Ines Vale’s eyes were green.")
    assert [(fact["kind"], fact["value"]) for fact in found["facts"]] == [("eyes", "blue"), ("eyes", "green")]
    assert found["people"] == [{"name": "Ines Vale", "sentences": 2}]
    assert (await checked(author, facts="false"))["facts"] == []

    waive = {"finding_id": finding["id"], "reason": "The light on the quay."}
    waived = await author.project("WAIVE_FINDING", **waive)
    assert (await author.project("WAIVE_FINDING", **waive))["version"] == waived["version"]
    after = await checked(author)
    assert (after["open_findings"], after["findings"][0]["waived"]["reason"]) == (0, "The light on the quay.")
    # another paragraph's words change nothing; another sentence is another finding
    done(await author.edit(early, replace(one, "It snowed. Ines Vale’s eyes were blue.", first["version"])))
    assert (await checked(author))["open_findings"] == 0
    chapter = await author.chapter(late)
    changed = replace(two, "Ines Vale’s eyes were brown. She rowed.", chapter["blocks"][0]["version"])
    saved = done(await author.edit(late, changed))
    (other,) = (await checked(author))["findings"]
    assert (other["second_value"], other["waived"]) == ("brown", None)
    done(await author.edit(late, replace(two, "Ines Vale rowed.", saved["version"])))
    assert (await checked(author))["findings"] == []


async def test_a_waiver_is_taken_back(api: Served) -> None:
    author = Author(api.http)
    await author.begin(title="盐钟", language="zh")
    chapter_id = await author.open_chapter("一")
    await author.project("PLAN_CHAPTER", entry_id=chapter_id, plan={"who": ["林晓雨"]})
    one, two = str(uuid4()), str(uuid4())
    done(await author.edit(chapter_id, insert(one, "林晓雨今年十九岁。"), insert(two, "林晓雨今年十岁。", one)))
    (finding,) = (await checked(author))["findings"]
    assert (finding["kind"], finding["first_value"], finding["second_value"]) == ("age", "19", "10")
    await author.project("WAIVE_FINDING", finding_id=finding["id"], reason="")
    assert (await checked(author))["open_findings"] == 0
    await author.project("UNWAIVE_FINDING", finding_id=finding["id"])
    assert (await checked(author))["open_findings"] == 1
    await author.project("REMOVE_ENTRY", entry_id=chapter_id)
    assert (await checked(author))["findings"] == []


async def test_what_is_not_there_or_anothers_is_not_found(api: Served) -> None:
    author = Author(api.http)
    await author.begin(title="Mine")
    problem(await api.http.get(f"/api/v1/projects/{uuid4()}/continuity"), 404, "NOT_FOUND")
    async with await api.client(await api.stranger()) as http:
        problem(await http.get(f"/api/v1/projects/{author.project_id}/continuity"), 404, "NOT_FOUND")
    assert (await checked(author))["findings"] == []
    bad = await author.post("projects", "WAIVE_FINDING", project_id=author.project_id, finding_id="x", reason="")
    problem(bad, 400, "INVALID_REQUEST")


async def test_drafts_are_read_when_they_are_accepted_only() -> None:
    named = CONTINUITY.reads["chapter"]
    assert named is not None
    assert "DraftAccepted" in named
    assert not {"SceneDrafted", "ChapterDrafted"} & named


async def test_the_command_line_lists_them_and_ends_with_one(
    api: Served, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = Author(api.http)
    await author.begin(title="Typed")
    chapter_id = await author.open_chapter("Ebb")
    await author.project("PLAN_CHAPTER", entry_id=chapter_id, plan={"who": ["Ines Vale"]})
    one, two = str(uuid4()), str(uuid4())
    edits = insert(one, "Ines Vale was left-handed."), insert(two, "Ines Vale was right-handed.", one)
    done(await author.edit(chapter_id, *edits))
    (finding,) = (await checked(author))["findings"]
    monkeypatch.setenv("GENESIS_DATABASE_URL", database)

    def typed(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["check", author.project_id, *words])
        return result.exit_code, result.output

    code, table = await asyncio.to_thread(typed)
    assert code == 1
    assert all(said in table for said in ("left-handed, then right-handed", "Ebb: “Ines Vale was left-handed.”"))
    code, output = await asyncio.to_thread(typed, "--json", "--facts")
    printed = json.loads(output)
    assert (code, printed["findings"][0]["id"], len(printed["facts"])) == (1, finding["id"], 2)
    await author.project("WAIVE_FINDING", finding_id=finding["id"], reason="A mirror.")
    await checked(author)
    code, output = await asyncio.to_thread(typed)
    assert (code, "Nothing in this book" in output) == (0, True)
    code, output = await asyncio.to_thread(typed, "--waived")
    assert (code, "(meant: A mirror.)" in output) == (0, True)
