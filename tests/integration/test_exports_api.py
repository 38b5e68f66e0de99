"""Downloads of one's own events: the same bytes for the same end, ranges, and nobody else's anything."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import polars
import pytest

from infrastructure.exports import event_rows
from infrastructure.exports.downloads import Downloads
from tests.support.api import Served, served
from tests.support.reading import eventually

ADDRESS = "/api/v1/exports/events"


@pytest.fixture
async def api(database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setenv("GENESIS_EXPORT_KEY", "the key of these tests, and of no others")
    monkeypatch.setattr(event_rows, "EVENTS_AT_ONCE", 3)
    async with served(database_url, redis_url) as running:
        yield running


async def got(client: httpx.AsyncClient, status: int = 200, headers: Any = None, **asked: Any) -> httpx.Response:
    answer = await client.get(ADDRESS, params=asked, headers=headers)
    assert answer.status_code == status, answer.text
    return answer


async def whole_log(api: Served) -> None:
    """Returns when a download reaches the log's end: nothing is read past a transaction that still runs somewhere."""

    async def reached() -> bool:
        return len((await got(api.http)).text.splitlines()) == (await api.written())[1]

    await eventually(reached)


async def test_ones_own_events_come_in_each_format(api: Served) -> None:
    session = await api.start(title="Tides", seed="a clock of salt")
    await api.command("ABANDON_GENESIS", session, reason="=1+1")
    await whole_log(api)
    answer = await got(api.http)
    events = [json.loads(line) for line in answer.text.splitlines()]
    assert next(event["type"] for event in events if event["subject"] == session) == "GenesisStarted"
    assert {event["accountid"] for event in events} == {str(api.account.id)}
    assert "a clock of salt" not in answer.text
    assert "a clock of salt" in (await got(api.http, with_text=True)).text
    table = polars.read_parquet(io.BytesIO((await got(api.http, format="parquet")).content))
    assert table["event_id"].to_list() == [event["id"] for event in events]
    flat = await got(api.http, format="csv", family="lifecycle", with_text=True)
    assert flat.headers["content-type"].startswith("text/csv")
    assert "'=1+1" in flat.text
    assert (await got(api.http, format="csv", family="credits")).text == ""
    assert 'filename="genesis-events-lifecycle-' in flat.headers["content-disposition"]


@pytest.mark.parametrize("file_format", ["jsonl", "parquet"])
async def test_a_download_that_was_cut_off_goes_on_and_is_the_same_to_the_last_byte(
    api: Served, file_format: str
) -> None:
    session = await api.start(title="Tides")
    for _ in range(3):
        await api.command("EXTEND_SESSION", session, hours=1)
    await whole_log(api)
    first = await got(api.http, format=file_format)
    whole, asked = first.content, {"format": file_format, "until": first.headers["genesis-until"]}
    await api.command("EXTEND_SESSION", session, hours=1)
    again = await got(api.http, **asked)
    assert again.content == whole
    assert again.headers["etag"] == first.headers["etag"]
    assert first.headers["accept-ranges"] == "bytes"
    for asked_range, expected in (
        ("bytes=0-", whole),
        ("bytes=100-", whole[100:]),
        ("bytes=100-199", whole[100:200]),
        ("bytes=-7", whole[-7:]),
        (f"bytes={len(whole) - 1}-{len(whole) + 99}", whole[-1:]),
    ):
        part = await got(api.http, 206, {"Range": asked_range, "If-Range": first.headers["etag"]}, **asked)
        assert part.content == expected
        assert part.headers["content-range"].endswith(f"/{len(whole)}")
    behind = await got(api.http, 416, {"Range": f"bytes={len(whole)}-"}, **asked)
    assert behind.headers["content-range"] == f"bytes */{len(whole)}"
    for ignored in ({"Range": "bytes=5-", "If-Range": '"another"'}, {"Range": "lines=1-2"}, {"Range": "bytes=1-2,5-6"}):
        assert (await got(api.http, 200, ignored, **asked)).content == whole
    assert (await got(api.http, 304, {"If-None-Match": first.headers["etag"]}, **asked)).content == b""
    await whole_log(api)
    assert (await got(api.http, format=file_format)).content != whole


async def test_nobody_sees_anybody_elses(api: Served) -> None:
    session = await api.start(title="Tides")
    await whole_log(api)
    async with await api.client(await api.stranger()) as stranger:
        assert (await got(stranger)).text == ""
        await got(stranger, 404, session=session)
        await got(stranger, 404, session=str(uuid4()))
    async with await api.client() as nobody:
        await got(nobody, 401)
    assert session in (await got(api.http, session=session)).text


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"format": "docx"}, "format"),
        ({"format": "csv"}, "family"),
        ({"family": "credits"}, "family"),
        ({"until": "99999999999-1"}, "until"),
        ({"until": "now"}, "until"),
        ({"until": "1-9223372036854775808"}, "until"),
        ({"since": "2016-12-31T23:59:60Z"}, "since"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-03-02", "before": "2026-03-01T23:00:00-05:00"}, ""),
        ({"since": "2026-03-02", "before": "2026-03-02"}, "before"),
        ({"session": "mine"}, "session.0"),
        ({"type": "x'; DROP"}, "type.0"),
        ({"stage": "DREAM"}, "stage.0"),
        ({"with_text": "true", "anonymise": "true"}, "anonymise"),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_what_cannot_be_asked_for_is_named(api: Served, asked: dict[str, Any], field: str) -> None:
    answer = await got(api.http, 400 if field else 200, **asked)
    if field:
        assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_third_download_waits_for_its_turn(api: Served) -> None:
    await api.start(title="Tides")
    await whole_log(api)
    downloads = api.app.state.downloads
    turns = [downloads._turn(api.account.id) for _ in range(2)]
    for turn in turns:
        await turn.__aenter__()
    with pytest.raises(httpx.ReadTimeout):
        await api.http.get(ADDRESS, timeout=0.5)
    for turn in turns:
        await turn.__aexit__()
    assert (await got(api.http)).text
    assert downloads._turns == {}


async def test_an_installation_without_a_key_says_so(api: Served, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, so that no folder can be made here")
    settings = api.app.state.settings.model_copy(update={"export_key": None, "home": tmp_path / "home"})
    api.app.state.downloads = Downloads(api.studio.pool, settings)
    assert "GENESIS_EXPORT_KEY" in (await got(api.http, 503)).json()["detail"]
