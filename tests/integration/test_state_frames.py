"""State frames stay small whatever is saved, and what they leave out is had on demand, the same as GET state says."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
from genesis_types.enums import GenesisMode, GenesisStage

from domain.genesis.commands import ConfirmStage, EditContent, ProvideFeedback
from domain.genesis.stages import STAGE_ORDER
from infrastructure.postgres.pool import Pool
from projections.genesis.compact import MOST
from projections.genesis.queries import Queries
from tests.support.api import Served, served
from tests.support.commands import CONTENTS, START, Desk
from tests.support.outlines import outline, prose
from tests.support.reading import projecting
from tests.support.streaming import Frame, opened_stream, path, until_state, write_draft

OUTLINE = GenesisStage.PLOT_OUTLINE
CONCEPT = GenesisStage.CONCEPT_SELECTION


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def sizes(http: httpx.AsyncClient, session_id: str, version: int) -> list[int]:
    """Bytes of each frame of a stream, as they come, up to the state at `version`."""
    found, buffer = [], b""
    async with (
        asyncio.timeout(30),
        http.stream("GET", path(session_id), params={"min_version": version}) as response,
    ):
        async for piece in response.aiter_raw():
            *frames, buffer = (buffer + piece).split(b"\n\n")
            found += [len(frame) + 2 for frame in frames]
            if any(frame.startswith(b"event: state") for frame in frames):
                break
    return found


async def saved(api: Served, session_id: str, times: int, size: int = 900_000) -> int:
    """A long outline, saved so often; the last version."""
    version = 0
    for n in range(times):
        answer = await api.command("EDIT_CONTENT", session_id, stage=OUTLINE, content=outline(size, seed=n))
        version = int(answer["version"])
    return version


async def get(api: Served, address: str, **params: Any) -> dict[str, Any]:
    answer = await api.http.get(f"/api/v1/genesis/{address}", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def on_demand(api: Served, compact: dict[str, Any]) -> dict[str, Any]:
    """A compact state with everything put back that it left out, by the addresses it is had at."""
    session_id = compact["session_id"]
    for view in compact["stages"]:
        stage = f"{session_id}/stages/{view['stage']}"
        settled = await get(api, stage)
        if view.pop("more_locked_paths", 0):
            view["locked_paths"] = settled["locked_paths"]
        if view["stage"] in compact["confirmed_data"]:
            compact["confirmed_data"][view["stage"]] = settled["confirmed"]
        for name in ("proposals", "feedback"):
            if view.pop(f"more_{name}", 0):
                view[name] = await every(api, f"{stage}/{name}")
        view["proposals"] = [
            item if item["content"] is not None else await get(api, f"{session_id}/proposals/{item['id']}")
            for item in view["proposals"]
        ]
        # what a compact state says only where there is something to say
        view.setdefault("last_round", None)
        view.setdefault("incomplete", [])
        for item in view["proposals"]:
            item.setdefault("notes", [])
    return compact


async def every(api: Served, address: str) -> list[dict[str, Any]]:
    """A list that comes in pages newest first, oldest first."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = await get(api, address, limit=40, **({} if cursor is None else {"cursor": cursor}))
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found[::-1]


async def test_frames_stay_small_however_often_a_long_outline_is_saved(api: Served) -> None:
    session_id = await api.start()
    version = await saved(api, session_id, 4)
    whole = await api.state(session_id, version)
    proposal_id = whole["stages"][-1]["proposals"][0]["id"]
    version = (await api.command("CONFIRM_STAGE", session_id, stage=OUTLINE, proposal_id=proposal_id))["version"]
    frames = await sizes(api.http, session_id, version)
    assert max(frames) <= MOST
    whole = await api.state(session_id, version)
    compact = await get(api, f"{session_id}/state/compact")
    assert compact["confirmed_data"] == {OUTLINE: None}
    assert [item["omitted"] for item in compact["stages"][-1]["proposals"]] == [True] * 4
    assert all(item["content_bytes"] > 800_000 for item in compact["stages"][-1]["proposals"])
    assert await on_demand(api, compact) == whole


async def test_the_stream_sends_what_the_compact_state_says(api: Served) -> None:
    session_id = await api.start()
    version = await saved(api, session_id, 2)
    async with opened_stream(api.http, path(session_id), min_version=version) as stream:
        seen = await until_state(stream, version)
        assert seen[-1].data == await get(api, f"{session_id}/state/compact")
        await api.command("NAVIGATE_TO_STAGE", session_id, stage="CHARACTERS")
        moved = await until_state(stream, version + 1)
    assert moved[-1].data == await get(api, f"{session_id}/state/compact")
    assert moved[-1].data["current_stage"] == "CHARACTERS"


async def test_a_state_that_fits_is_sent_byte_for_byte_as_get_state_answers_it(api: Served) -> None:
    session_id = await api.start(title="Tides")
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    recorded = await api.outcome(session_id, begun["correlation_id"], stage=CONCEPT, count=3)
    answer = await api.command("CONFIRM_STAGE", session_id, stage=CONCEPT, content=CONTENTS[CONCEPT])
    params = {"min_version": answer["version"]}
    address = f"/api/v1/genesis/{session_id}/state"
    whole = await api.http.get(address, params=params)
    assert (await api.http.get(f"{address}/compact", params=params)).content == whole.content
    assert recorded.version < whole.json()["version"]


async def test_any_session_can_be_put_together_again(desk: Desk, pool: Pool, database_url: str) -> None:
    """Hundreds of proposals, much feedback, and contents of every size; compared on the queries themselves."""
    await desk.start(mode=GenesisMode.FREE_FORM, seed="s" * 2_000)
    first = await desk.propose()
    for _ in range(30):
        await desk.propose(count=10)
    for n in range(12):
        await desk.do(EditContent(stage=STAGE_ORDER[-1], content=outline(10 ** (n % 6 + 1), seed=n)))
    await desk.do(ConfirmStage(stage=CONCEPT, proposal_id=first))
    for n in range(8):
        answer = await desk.do(ProvideFeedback(proposal_id=first, text=prose(3_900, n)))
        assert answer.correlation_id is not None
        await desk.record(answer.correlation_id, CONCEPT)
    async with projecting(database_url) as projector:
        await projector.catch_up()
    queries = Queries(pool, lambda: START)
    whole = await queries.state(desk.session_id, desk.user_id)
    standing = await queries.contents.standing(desk.session_id, desk.user_id)
    assert whole is not None
    assert standing is not None
    assert len(standing.body) <= MOST
    compact = orjson.loads(standing.body)
    concepts, outlines = compact["stages"][0], compact["stages"][-1]
    assert concepts["more_proposals"] > 50
    assert concepts["more_feedback"] > 0
    assert str(first) in {item["id"] for item in concepts["proposals"]}
    assert [item["content"] is not None for item in outlines["proposals"]].count(True) > 4
    seen: list[UUID] = []
    before: int | None = None
    while True:
        page = await queries.contents.proposals(desk.session_id, desk.user_id, CONCEPT, before, limit=200)
        assert page is not None
        seen += [item.id for item in page.items]
        if page.next_cursor is None:
            break
        before = int(page.next_cursor)
    assert seen == [item.id for item in reversed(whole.stages[0].proposals)]
    for item in outlines["proposals"]:
        found = await queries.contents.proposal(desk.session_id, desk.user_id, UUID(item["id"]))
        assert found == next(other for other in whole.stages[-1].proposals if str(other.id) == item["id"])
        assert item["content"] in (None, found.content)


async def test_what_is_said_about_one_proposal_comes_in_pages(api: Served) -> None:
    session_id = await api.start()
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    await api.outcome(session_id, begun["correlation_id"], stage=CONCEPT, count=2)
    await api.readable(session_id, begun["version"] + 1)
    one, other = [item["id"] for item in (await api.state(session_id))["stages"][0]["proposals"]]
    version = 0
    for n, about in enumerate((one, other, one, one)):
        given = await api.command("PROVIDE_FEEDBACK", session_id, proposal_id=about, text=f"darker {n}")
        version = (await api.outcome(session_id, given["correlation_id"], stage=CONCEPT)).version
    whole = await api.state(session_id, version)
    address = f"{session_id}/stages/{CONCEPT}/feedback"
    assert await every(api, address) == whole["stages"][0]["feedback"]
    page = await get(api, address, proposal_id=one, limit=2)
    assert [item["text"] for item in page["items"]] == ["darker 3", "darker 2"]
    rest = await get(api, address, proposal_id=one, limit=2, cursor=page["next_cursor"])
    assert ([item["text"] for item in rest["items"]], rest["next_cursor"]) == (["darker 0"], None)


async def test_a_proposal_may_be_kept_and_is_its_owners_alone(api: Served) -> None:
    session_id = await api.start()
    answer = await api.command("EDIT_CONTENT", session_id, stage=OUTLINE, content=outline(5_000))
    proposal = (await api.state(session_id, answer["version"]))["stages"][-1]["proposals"][0]
    address = f"/api/v1/genesis/{session_id}/proposals/{proposal['id']}"
    found = await api.http.get(address)
    assert found.json() == proposal
    assert "immutable" in found.headers["Cache-Control"]
    assert "Cookie" in found.headers["Vary"]
    again = await api.http.get(address, headers={"If-None-Match": found.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    async with await api.client(await api.stranger()) as other:
        for asked in (
            address,
            f"/api/v1/genesis/{session_id}/state/compact",
            f"/api/v1/genesis/{session_id}/stages/{OUTLINE}",
            f"/api/v1/genesis/{session_id}/stages/{OUTLINE}/proposals",
            f"/api/v1/genesis/{session_id}/stages/{OUTLINE}/feedback",
        ):
            foreign = await other.get(asked, headers={"If-None-Match": found.headers["ETag"]})
            unknown = await api.http.get(asked.replace(session_id, str(uuid4())))
            assert (foreign.status_code, unknown.status_code) == (404, 404), asked
            assert foreign.json()["detail"] == unknown.json()["detail"]
    assert (await api.http.get(address.replace(proposal["id"], str(uuid4())))).status_code == 404
    bad = await api.http.get(f"/api/v1/genesis/{session_id}/stages/{OUTLINE}/proposals", params={"cursor": "-1"})
    assert (bad.status_code, bad.json()["code"]) == (400, "INVALID_REQUEST")


async def test_an_untouched_stage_has_nothing(api: Served) -> None:
    session_id = await api.start()
    await api.readable(session_id, 1)
    assert await get(api, f"{session_id}/stages/{OUTLINE}") == {
        "session_id": session_id,
        "version": 1,
        "stage": OUTLINE,
        "status": "empty",
        "locked_paths": [],
        "shortlist": [],
        "confirmed_proposal_id": None,
        "confirmed": None,
    }
    for name in ("proposals", "feedback"):
        page = await get(api, f"{session_id}/stages/{OUTLINE}/{name}")
        assert page == {"items": [], "next_cursor": None}


async def test_a_long_draft_comes_in_pieces(api: Served) -> None:
    session_id = await api.start()
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    text = 'she said "no" to the sea\n' * 20_000
    await write_draft(api, session_id, begun["correlation_id"], 1, text)
    async with opened_stream(api.http, path(session_id), min_version=begun["version"]) as stream:
        seen = await until_state(stream, begun["version"])
        assert seen[-1].data["pending"]["draft"] is None
        assert seen[-1].data["pending"]["draft_omitted"]
        stored = await pieces(stream)
        await write_draft(api, session_id, begun["correlation_id"], 2, text + "and again", stored=False)
        told = await pieces(stream)
    for frames, seq, wanted in ((stored, 1, text), (told, 2, text + "and again")):
        assert max(len(orjson.dumps(frame.data)) for frame in frames) < MOST
        assert {frame.data["seq"] for frame in frames} == {seq}
        assert orjson.loads("".join(frame.data["content"] for frame in frames)) == [{"title": wanted}]


async def pieces(stream: AsyncIterator[Frame]) -> list[Frame]:
    """All pieces of one draft; progress is passed over."""
    found: list[Frame] = []
    async with asyncio.timeout(30):
        while not found or len(found) < found[0].data["pieces"]:
            frame = await anext(stream)
            if frame.event != "progress":
                assert (frame.event, frame.data["piece"]) == ("draft_piece", len(found))
                found.append(frame)
    return found


async def test_the_stream_of_all_that_is_mine_stays_small(api: Served) -> None:
    wide = "\N{SMILING FACE WITH OPEN MOUTH}"
    concept = CONTENTS[CONCEPT] | {"title": wide * 400, "logline": wide * 400}
    last = None
    for _ in range(51):
        last = await api.start(genre=wide * 200, seed=wide * 20_000, language="en-" + "a" * 8)
        await api.command("CONFIRM_STAGE", last, stage=CONCEPT, content=concept)
        await api.command("BRANCH_GENESIS", None, from_session_id=last, at_version=2)
    assert last is not None
    await api.state(last, 2)
    async with opened_stream(api.http, "/api/v1/events/stream") as stream:
        sessions, novels = await anext(stream), await anext(stream)
    assert len(sessions.data["items"]) == 50
    for frame in (sessions, novels):
        assert len(orjson.dumps(frame.data)) < MOST - 100
