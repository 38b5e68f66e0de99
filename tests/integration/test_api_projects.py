"""From a finished session to a book written by hand, over HTTP: contents, chapters, conflicts, the live feed."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from genesis_types.enums import GenesisStage

from domain.genesis.stages import STAGE_ORDER
from tests.support.api import Served, served
from tests.support.author import Author, done, insert, problem, replace, shape
from tests.support.commands import CONTENTS
from tests.support.postgres import Cluster
from tests.support.streaming import opened_stream

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLOT = CONTENTS[GenesisStage.PLOT_OUTLINE] | {
    "chapters": [
        {"n": 1, "title": "Low Water", "part": "Ebb", "summary": "The clock stops.", "pov_character_id": "ines"},
        {"n": 2, "title": "High Water", "part": "Ebb", "summary": "It runs.", "sections": ["The quay"]},
        {"n": 3, "title": "Slack", "summary": "It waits."},
    ]
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster, redis_url: str) -> AsyncIterator[Served]:
    with cluster.database() as url:
        async with served(url, redis_url) as running:
            yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def finished(api: Served) -> dict[str, Any]:
    session_id = await api.start(title="Tides")
    for stage in STAGE_ORDER:
        content = PLOT if stage is GenesisStage.PLOT_OUTLINE else CONTENTS[stage]
        await api.command("CONFIRM_STAGE", session_id, stage=stage, content=content)
    return await api.command("FINISH_GENESIS", session_id)


async def blocks(author: Author, chapter_id: str, saved: dict[str, Any]) -> list[dict[str, Any]]:
    """The text as it is after a save."""
    found: list[dict[str, Any]] = (await author.chapter(chapter_id, min_version=saved["version"]))["blocks"]
    return found


@pytest.fixture
def author(api: Served) -> Author:
    return Author(api.http)


async def test_a_finished_session_becomes_a_book_with_its_contents(author: Author, finished: dict[str, Any]) -> None:
    project = await author.begin(from_session_id=finished["session_id"])
    assert shape(project) == ["Ebb", "  Low Water", "  High Water", "    The quay", "Slack"]
    assert (project["title"], project["novel_id"]) == ("Tides", finished["result"]["novel_id"])
    assert {entry["status"] for entry in project["contents"] if entry["kind"] == "chapter"} == {"planned"}
    chapter = await author.chapter(project["contents"][1]["id"])
    assert (chapter["version"], chapter["blocks"], chapter["status"]) == (0, [], "planned")
    assert (chapter["plan"]["point_of_view"], chapter["plan"]["summary"]) == ("Ines", "The clock stops.")
    assert chapter["next_id"] == project["contents"][2]["id"]
    assert done(await author.http.get("/api/v1/projects"))["items"][0]["chapters"] == 3


async def test_a_session_that_is_not_finished_becomes_no_book(author: Author, api: Served) -> None:
    session_id = await api.start()
    refused = await author.post("projects", "CREATE_PROJECT", from_session_id=session_id)
    assert "Finish this session first" in problem(refused, 422, "SESSION_NOT_FINISHED")["detail"]
    nothing = await author.post("projects", "CREATE_PROJECT", from_session_id=str(uuid4()))
    problem(nothing, 404, "NOT_FOUND")


async def test_contents_are_ordered_by_hand_and_removal_is_undone(author: Author) -> None:
    await author.begin(title="盐钟", language="zh")
    part = (await author.project("ADD_ENTRY", kind="part", title="上"))["result"]["entry_id"]
    one = (await author.project("ADD_ENTRY", kind="chapter", title="一", parent_id=part))["result"]["entry_id"]
    two = (await author.project("ADD_ENTRY", kind="chapter", title="二"))["result"]["entry_id"]
    moved = await author.project("MOVE_ENTRY", entry_id=two, parent_id=part, position=0)
    assert shape(await author.read(min_version=moved["version"])) == ["上", "  二", "  一"]
    await author.project("RENAME_ENTRY", entry_id=one, title="壹")
    removed = await author.project("REMOVE_ENTRY", entry_id=part)
    after = await author.read(min_version=removed["version"])
    assert (after["contents"], [entry["title"] for entry in after["removed"]]) == ([], ["上"])
    restored = await author.project("RESTORE_ENTRY", entry_id=part)
    back = await author.read(min_version=restored["version"])
    assert (shape(back), back["removed"]) == (["上", "  二", "  壹"], [])
    planned = await author.project("PLAN_CHAPTER", entry_id=one, plan={"purpose": "开始", "target_words": 2000})
    contents = (await author.read(min_version=planned["version"]))["contents"]
    assert (contents[2]["status"], contents[2]["target_words"]) == ("planned", 2000)


async def test_the_same_command_twice_is_done_once(author: Author) -> None:
    await author.begin(title="Twice")
    command = {"command_id": str(uuid4()), "kind": "chapter", "title": "Once"}
    first, second = [await author.project("ADD_ENTRY", **command) for _ in range(2)]
    assert first == second
    assert shape(await author.read(min_version=first["version"])) == ["Once"]
    other = await author.post("projects", "ADD_ENTRY", project_id=author.project_id, **(command | {"title": "Other"}))
    problem(other, 409, "COMMAND_ID_REUSED")


async def test_a_project_that_moved_refuses_who_expected_it_elsewhere(author: Author) -> None:
    await author.begin(title="Moved")
    await author.project("RENAME_PROJECT", title="On")
    late = await author.post("projects", "RENAME_PROJECT", project_id=author.project_id, title="x", expected_version=1)
    said = problem(late, 409, "VERSION_CONFLICT")
    assert said["current_version"] == 2
    assert "The project has changed" in said["detail"]


async def test_text_is_written_counted_and_read_block_by_block(author: Author) -> None:
    await author.begin(title="Text")
    chapter_id = await author.open_chapter()
    one, two = str(uuid4()), str(uuid4())
    saved = done(await author.edit(chapter_id, insert(one, "Low water. 盐"), insert(two, "<b>not bold</b>", one)))
    assert (saved["chapter_id"], saved["result"]) == (chapter_id, {"words": 3 + 4})
    chapter = await author.chapter(chapter_id, min_version=saved["version"])
    assert [block["text"] for block in chapter["blocks"]] == ["Low water. 盐", "<b>not bold</b>"]
    assert {block["version"] for block in chapter["blocks"]} == {saved["version"]}
    assert (chapter["words"], chapter["status"]) == (7, "writing")
    moved = {"op": "move", "block_id": two, "based_on": saved["version"]}
    deleted = {"op": "delete", "block_id": one, "based_on": saved["version"]}
    after = done(await author.edit(chapter_id, moved, deleted))
    assert [block["id"] for block in (await author.chapter(chapter_id, min_version=after["version"]))["blocks"]] == [
        two
    ]
    final = done(await author.post("chapters", "SET_CHAPTER_STATUS", chapter_id=chapter_id, status="final"))
    await author.chapter(chapter_id, min_version=final["version"])
    (entry,) = (await author.read())["contents"]
    assert (entry["status"], entry["words"], entry["version"]) == ("final", 4, final["version"])
    assert done(await author.http.get("/api/v1/projects"))["items"][0]["words"] == 4


async def test_two_writers_of_one_paragraph_are_both_shown_and_of_two_both_kept(author: Author) -> None:
    await author.begin(title="Two tabs")
    chapter_id = await author.open_chapter()
    one, two = str(uuid4()), str(uuid4())
    seen = done(await author.edit(chapter_id, insert(one, "One."), insert(two, "Two.", one)))["version"]
    answers = await asyncio.gather(
        author.edit(chapter_id, replace(one, "One, by her.", seen)),
        author.edit(chapter_id, replace(two, "Two, by him.", seen)),
    )
    newest = max(done(answer)["version"] for answer in answers)
    late = problem(await author.edit(chapter_id, replace(one, "One, by him.", seen)), 409, "BLOCK_CONFLICT")
    (both,) = late["blocks"]
    assert (both["mine"], both["current"]) == ("One, by him.", "One, by her.")
    again = done(await author.edit(chapter_id, replace(one, "One, by both.", both["version"])))
    assert again["version"] == newest + 1
    assert [block["text"] for block in await blocks(author, chapter_id, again)] == ["One, by both.", "Two, by him."]


async def test_a_chapter_removed_while_it_is_written_loses_nothing(author: Author) -> None:
    await author.begin(title="Removed")
    chapter_id = await author.open_chapter()
    removed = await author.project("REMOVE_ENTRY", entry_id=chapter_id)
    saved = done(await author.edit(chapter_id, insert(str(uuid4()), "Still typing.")))
    chapter = await author.chapter(chapter_id, min_version=saved["version"])
    assert (chapter["words"], chapter["removed"]) == (2, True)
    project = await author.read(min_version=removed["version"])
    assert (project["words"], project["removed"][0]["words"]) == (0, 2)
    restored = await author.project("RESTORE_ENTRY", entry_id=chapter_id)
    assert (await author.read(min_version=restored["version"]))["words"] == 2


async def test_what_moves_is_told_on_the_live_connection(author: Author, api: Served) -> None:
    await author.begin(title="Live")
    chapter_id = await author.open_chapter()
    for path, params in (("/api/v1/events/stream", {}), ("/api/v1/live", {"lists": "1"})):
        async with opened_stream(api.http, path, **params) as stream:
            for _ in range(2):
                await anext(stream)
            renamed = await author.project("RENAME_PROJECT", title=f"Live {path}")
            saved = done(await author.edit(chapter_id, insert(str(uuid4()), path)))
            wanted = {("project", author.project_id, renamed["version"]), ("chapter", chapter_id, saved["version"])}
            async with asyncio.timeout(20):
                while wanted:
                    frame = await anext(stream)
                    data = frame.data.get("data", frame.data)
                    if frame.event in ("project", "chapter"):
                        wanted.discard((frame.event, data[f"{frame.event}_id"], data["version"]))


TITLES = {
    "empty": "",
    "blank": " \n ",
    "too long": "x" * 501,
    "a NUL": "a\x00b",
    "a lone surrogate": "\ud800",
    "a number": 3,
}


@pytest.mark.parametrize("title", TITLES)
async def test_titles_that_cannot_be_kept_are_named(author: Author, title: str) -> None:
    body = {"command_type": "CREATE_PROJECT", "payload": {"title": TITLES[title]}}
    # httpx writes no lone surrogate, JSON's own escape does
    answer = await author.http.post(
        "/api/v1/projects/commands", content=json.dumps(body), headers={"content-type": "application/json"}
    )
    said = problem(answer, 400, "INVALID_REQUEST")
    assert [error["field"] for error in said["errors"]] == ["payload.title"]


NOBODY = "00000000-0000-4000-8000-000000000009"
BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "an unknown command": ("projects", {"command_type": "BURN_BOOK", "project_id": NOBODY}, "command_type"),
    "a genesis command": ("projects", {"command_type": "START_GENESIS"}, "command_type"),
    "a chapter's of a project": ("projects", {"command_type": "EDIT_CHAPTER"}, "command_type"),
    "no project": ("projects", {"command_type": "RENAME_PROJECT", "payload": {"title": "x"}}, "project_id"),
    "a new project with an id": (
        "projects",
        {"command_type": "CREATE_PROJECT", "project_id": NOBODY, "payload": {}},
        "project_id",
    ),
    "no edits": (
        "chapters",
        {"command_type": "EDIT_CHAPTER", "chapter_id": str(uuid4()), "payload": {"edits": []}},
        "payload.edits",
    ),
    "a status that is none": (
        "chapters",
        {"command_type": "SET_CHAPTER_STATUS", "chapter_id": NOBODY, "payload": {"status": "done"}},
        "payload.status",
    ),
}


@pytest.mark.parametrize("what", BAD)
async def test_requests_that_cannot_be_read_name_the_field(author: Author, what: str) -> None:
    which, body, field = BAD[what]
    said = problem(await author.http.post(f"/api/v1/{which}/commands", json=body), 400, "INVALID_REQUEST")
    assert field in [error["field"] for error in said["errors"]]
    if field == "command_type":
        assert "CREATE_PROJECT" in said["errors"][0]["message"]


async def test_what_is_not_there_is_not_there(author: Author) -> None:
    problem(await author.http.get("/api/v1/projects/commands"), 405, "METHOD_NOT_ALLOWED")
    problem(await author.http.get("/api/v1/projects/no-id"), 404, "NOT_FOUND")
    await author.begin(title="Mine")
    part = (await author.project("ADD_ENTRY", kind="part", title="A part"))["result"]["entry_id"]
    for path in (
        f"/api/v1/projects/{uuid4()}",
        *(f"/api/v1/projects/{author.project_id}/chapters/{one}" for one in (part, uuid4())),
    ):
        problem(await author.http.get(path), 404, "NOT_FOUND")
    problem(await author.edit(str(uuid4()), insert(str(uuid4()), "x")), 404, "NOT_FOUND")
    problem(
        await author.post("chapters", "OPEN_CHAPTER", chapter_id=part, opens=author.project_id), 422, "NOT_A_CHAPTER"
    )
