"""An owner brings their session back from the archive over HTTP: in steps, each proved; nobody else does."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from psycopg import AsyncConnection

from infrastructure.event_store import archive as moving
from infrastructure.postgres.pool import connection_options
from infrastructure.work import archiving
from tests.support.api import Served, served
from tests.support.archives import archived, ended, places
from tests.support.commands import Desk
from tests.support.tampering import tamper, verified


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Served]:
    async with served(database_url, None, limit_look_backs="off") as running:
        yield running


async def test_its_owner_brings_it_back_in_steps(
    api: Served, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "MOST", 2)
    monkeypatch.setattr(moving, "CHUNK", 2)
    desk = Desk(api.studio.store, user_id=api.account.id)
    session_id = await ended(desk, hours=4)
    versions = sum(await places(database_url, session_id))
    await api.readable(str(session_id), versions)
    address = f"/api/v1/genesis/{session_id}/archive"
    none = {"session_id": str(session_id), "archived_events": 0, "archived_at": None}
    assert (await api.http.get(address)).json() == none
    assert (await api.http.post(f"{address}/bring-back")).json() == none | {"moved": 0}
    await archived(database_url, session_id)
    assert (await api.http.get(address)).json()["archived_events"] == versions - 1
    async with await api.client(await api.stranger()) as other:
        assert (await other.post(f"{address}/bring-back")).status_code == 404
    left = versions - 1
    while left:
        step = (await api.http.post(f"{address}/bring-back")).json()
        assert step["moved"] == min(2, left)
        left = step["archived_events"]
    assert await places(database_url, session_id) == (versions, 0)
    assert (await api.http.get(address)).json() == none
    assert (await asyncio.to_thread(verified, database_url)).wrong == 0


async def test_two_who_bring_it_back_at_once_and_what_is_damaged(api: Served, database_url: str) -> None:
    desk = Desk(api.studio.store, user_id=api.account.id)
    session_id = await ended(desk, hours=4)
    await api.readable(str(session_id), sum(await places(database_url, session_id)))
    moved = await archived(database_url, session_id)
    address = f"/api/v1/genesis/{session_id}/archive/bring-back"
    async with (
        await AsyncConnection.connect(database_url, **connection_options(database_url, "tests")) as other,
        moving._alone(other, session_id),
    ):
        busy = await api.http.post(address)
    assert (busy.status_code, busy.json()["code"], busy.headers["Retry-After"]) == (503, "UNAVAILABLE", "1")
    await asyncio.to_thread(
        tamper, database_url, f"UPDATE domain_events_archive SET payload_hash = 'x' WHERE aggregate_id = '{session_id}'"
    )
    damaged = await api.http.post(address)
    assert (damaged.status_code, damaged.json()["code"]) == (503, "LOG_DAMAGED")
    assert str(session_id) in damaged.json()["detail"]
    assert (await places(database_url, session_id))[1] == moved, "nothing was moved"
