"""The bible over HTTP: files of a session as it is and as it was, for its owner, with sentences for what cannot be."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from genesis_types.enums import GenesisStage

from domain.genesis.commands import ConfirmStage
from infrastructure.exports.books.formats import MEDIA, BookFormat
from infrastructure.exports.books.renderer import Renderer
from tests.support.api import Served, served
from tests.support.book_texts import squeezed, text_of
from tests.support.commands import CONTENTS, Desk
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST, SECOND = GenesisStage.CONCEPT_SELECTION, GenesisStage.STORY_CONCEPTION
TITLE = "盐钟 / <script>alert(1)</script> 🦊 " + "x" * 200


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster) -> AsyncIterator[Served]:
    with cluster.database() as url:
        async with served(url, None, limit_generations="off") as running:
            yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session_id(api: Served) -> str:
    """Everything confirmed, the concept first; under a title that is a trial for every format."""
    session_id = await api.start(seed="a clock", title=TITLE[:200], language="zh")
    desk = Desk(api.studio.store, user_id=api.account.id)
    desk.session_id = UUID(session_id)
    for stage in CONTENTS:
        done = await desk.do(ConfirmStage(stage=stage, content=CONTENTS[stage]))
    await api.readable(session_id, done.version)
    return session_id


async def asked(api: Served, session_id: object, **parameters: Any) -> httpx.Response:
    return await api.http.get(f"/api/v1/genesis/{session_id}/bible", params=parameters, timeout=90)


@pytest.mark.parametrize("file_format", list(BookFormat))
async def test_each_format_is_a_whole_file_under_the_sessions_name(
    api: Served, session_id: str, file_format: BookFormat
) -> None:
    answer = await asked(api, session_id, format=file_format.value)
    assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA[file_format])
    text = squeezed(text_of(file_format, answer.content))
    assert squeezed("盐钟 / <script>alert(1)</script> 🦊") in text
    assert squeezed(CONTENTS[GenesisStage.PLOT_OUTLINE]["chapters"][0]["summary"]) in text
    said = answer.headers["content-disposition"]
    assert said.startswith('attachment; filename="')
    assert unquote(said.split("UTF-8''")[1]).startswith("盐钟 script alert(1) script 🦊 xxx")
    assert answer.headers["cache-control"] == "private, no-cache"


async def test_a_moment_before_is_told_as_it_was_and_always_the_same(api: Served, session_id: str) -> None:
    state = await api.state(session_id)
    early = await asked(api, session_id, format="markdown", at_version=2)
    assert (early.status_code, early.headers["genesis-version"]) == (200, "2")
    assert "## 概念" in early.text
    assert "## 故事" not in early.text
    now = await asked(api, session_id, format="markdown")
    assert now.headers["genesis-version"] == str(state["version"])
    assert now.content == (await asked(api, session_id, format="markdown", at_version=state["version"])).content


async def test_nothing_confirmed_is_refused_with_a_sentence(api: Served, session_id: str) -> None:
    fresh = await api.start(seed="a bell")
    await api.readable(fresh, 1)
    for address, more in ((fresh, {}), (session_id, {"at_version": 1})):
        answer = await asked(api, address, **more)
        assert (answer.status_code, answer.json()["code"]) == (422, "NOTHING_CONFIRMED")
        assert "Confirm a stage first" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("parameters", "status"),
    [({"format": "exe"}, 400), ({"at_version": 0}, 400), ({"at_version": 99_999}, 404), ({"at_version": "x"}, 400)],
    ids=["format", "zero", "later", "word"],
)
async def test_what_cannot_be_asked_for(api: Served, session_id: str, parameters: dict[str, Any], status: int) -> None:
    assert (await asked(api, session_id, **parameters)).status_code == status


async def test_only_the_owner_gets_it(api: Served, session_id: str) -> None:
    async with await api.client(await api.stranger()) as other:
        answer = await other.get(f"/api/v1/genesis/{session_id}/bible")
        nobody = await other.get(f"/api/v1/genesis/{uuid4()}/bible")
    assert (answer.status_code, answer.content) == (404, nobody.content)
    async with await api.client() as unknown:
        assert (await unknown.get(f"/api/v1/genesis/{session_id}/bible")).status_code == 401


@pytest.fixture
def broken(api: Served) -> Iterator[Renderer]:
    """The renderer of the running studio, whose programs a test may exchange."""
    renderer: Renderer = api.app.state.renderer
    whole = renderer.programs
    yield renderer
    renderer.programs = whole


BROKEN = {
    "missing": (("/nonexistent",), "is not installed here. Install it again"),
    "killed": (("/bin/sh", "-c", "kill -9 $$"), "was ended"),
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("file_format", ["docx", "pdf"])
async def test_without_its_program_a_format_is_refused_with_a_sentence(
    api: Served, session_id: str, broken: Renderer, how: str, file_format: str
) -> None:
    command, sentence = BROKEN[how]
    broken.programs = replace(broken.programs, pandoc=command, typst=command)
    answer = await asked(api, session_id, format=file_format)
    assert (answer.status_code, answer.json()["code"]) == (503, "RENDERING_FAILED")
    assert sentence in answer.json()["detail"]
    assert answer.headers["retry-after"]


async def test_what_a_pdf_cannot_show_is_told_in_a_header(api: Served) -> None:
    session = await api.start(seed="x", title="한 Bell")
    content = CONTENTS[FIRST] | {"hook": "国 and 국."}
    done = await api.command("CONFIRM_STAGE", session, stage=FIRST, content=content)
    await api.readable(session, done["version"])
    answer = await asked(api, session, format="pdf")
    assert answer.status_code == 200
    told = httpx.Response(200, content=answer.headers["genesis-missing-glyphs"]).json()
    assert {(one["characters"], tuple(one["places"])) for one in told} == {("한", ("",)), ("국", ("Concept",))}
