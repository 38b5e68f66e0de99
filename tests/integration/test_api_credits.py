"""Credits over HTTP: what one has, what a generation would cost, a plain refusal, and what it did cost."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from genesis_types.enums import GenesisStage

from domain.account.account import account_id
from domain.account.aggregate import ACCOUNT
from domain.account.commands import GrantCredits, ReserveCredits
from domain.aggregate import Command
from infrastructure.processes.account_sweep import due_on_accounts
from infrastructure.processes.sweeper import Sweeper
from infrastructure.read_side.rebuild import verify
from projections.account.credits import CREDITS as CREDITS_PROJECTION
from tests.support.api import COMMANDS, Served, served
from tests.support.clocks import at
from tests.support.streaming import live, opened_stream, until_ready

PRICE = 500_000
STAGE = GenesisStage.CONCEPT_SELECTION
CREDITS = "/api/v1/account/credits"


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url, credits=True, credits_muse_price="0.5") as running:
        yield running


async def granted(api: Served, amount: int, **more: Any) -> int:
    """The account's version after a grant."""
    body = GrantCredits(user_id=api.account.id, amount=amount, **more)
    return (await api.studio.commands.handle(Command(uuid4(), account_id(api.account.id), None, body))).version


async def shown(api: Served, min_version: int = 0) -> dict[str, Any]:
    answer = await api.http.get(CREDITS, params={"min_version": min_version})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_without_credits_a_generation_is_refused_with_a_sentence_and_nothing_is_written(api: Served) -> None:
    session_id = await api.start()
    before = await api.written()
    for body in (
        {"command_type": "GENERATE_INSPIRATION", "session_id": session_id},
        {"command_type": "START_GENESIS", "payload": {"seed": "a bell"}},
    ):
        answer = await api.http.post(COMMANDS, json=body)
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["status"]) == (402, "INSUFFICIENT_CREDITS", 402)
        assert "0.50" in problem["detail"]
        assert "0.00 are available" in problem["detail"]
    assert await api.written() == before
    assert (await shown(api))["granted"] == 0


async def test_what_a_generation_would_cost_and_did_cost_can_be_read(api: Served) -> None:
    version = await granted(api, 2_000_000, note="welcome")
    assert (await shown(api, version))["available"] == 2_000_000
    session_id = await api.start()
    estimate = await api.http.get(f"/api/v1/genesis/{session_id}/estimate", params={"stage": STAGE, "count": 2})
    assert estimate.json() == {
        "enabled": True,
        "amount": PRICE,
        "available": 2_000_000,
        "charged": 0,
        "charged_last": None,
        "tokens": None,
        "context": None,
        "left_out": [],
        "fits": True,
        "fewer_helps": None,
        "parts": 1,
        "seconds": None,
    }
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    held = await shown(api, version + 1)
    assert (held["available"], held["reserved"]) == (1_500_000, PRICE)
    assert held["reservations"][0] | {"deadline_at": ""} == {
        "reservation_id": begun["correlation_id"],
        "session_id": session_id,
        "amount": PRICE,
        "deadline_at": "",
    }
    await api.outcome(session_id, begun["correlation_id"], stage=STAGE)
    charged = await shown(api, version + 2)
    assert (charged["available"], charged["reserved"], charged["charged"]) == (1_500_000, 0, PRICE)
    after = (await api.http.get(f"/api/v1/genesis/{session_id}/estimate")).json()
    assert (after["charged"], after["charged_last"]) == (PRICE, PRICE)
    history = (await api.http.get(f"{CREDITS}/history", params={"limit": 2})).json()
    assert [entry["event_type"] for entry in history["items"]] == ["CreditsCharged", "CreditsReserved"]
    assert {entry["session_id"] for entry in history["items"]} == {session_id}
    older = (await api.http.get(f"{CREDITS}/history", params={"cursor": history["next_cursor"]})).json()
    assert [(entry["event_type"], entry["reason"]) for entry in older["items"]] == [("CreditsGranted", "welcome")]
    assert older["next_cursor"] is None


async def test_whoever_follows_the_lists_hears_when_credits_have_moved(api: Served) -> None:
    async with opened_stream(api.http, live(lists=True)) as stream:
        await until_ready(stream)
        version = await granted(api, PRICE)
        async with asyncio.timeout(30):
            while (frame := await anext(stream)).event != "credits":
                pass
    assert frame.data == {"session_id": None, "id": None, "data": {"version": version}}
    assert (await shown(api))["available"] == PRICE


async def test_an_account_is_its_owners_alone(api: Served) -> None:
    version = await granted(api, 2_000_000)
    await shown(api, version)
    session_id = await api.start()
    async with await api.client(await api.stranger()) as theirs:
        assert (await theirs.get(CREDITS)).json()["granted"] == 0
        assert (await theirs.get(f"{CREDITS}/history")).json() == {"items": [], "next_cursor": None}
        assert (await theirs.get(f"/api/v1/genesis/{session_id}/estimate")).status_code == 404
    async with await api.client() as nobody:
        for path in (CREDITS, f"{CREDITS}/history", f"/api/v1/genesis/{session_id}/estimate"):
            assert (await nobody.get(path)).status_code == 401


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"cursor": "-1"}, {"limit": 0}, {"limit": 100_000}])
async def test_bad_questions_are_refused(api: Served, query: dict[str, Any]) -> None:
    assert (await api.http.get(f"{CREDITS}/history", params=query)).status_code == 400


@pytest.mark.parametrize("query", [{"stage": "NOWHERE"}, {"count": 0}, {"count": 11}, {"proposal_id": "x"}])
async def test_bad_estimates_are_refused(api: Served, query: dict[str, Any]) -> None:
    assert (await api.http.get(f"/api/v1/genesis/{uuid4()}/estimate", params=query)).status_code == 400
    assert (await api.http.get(f"/api/v1/genesis/{uuid4()}/estimate")).status_code == 404


async def test_what_expires_soon_is_said_and_an_expired_grant_is_shown_as_expired(api: Served) -> None:
    now = api.studio.clock()
    await granted(api, 1_000_000)
    version = await granted(api, 700_000, expires_at=now + timedelta(seconds=1.5))
    soon = await shown(api, version)
    assert (soon["expiring"], soon["available"], len(soon["grants"])) == (700_000, 1_700_000, 2)
    while api.studio.clock() < now + timedelta(seconds=1.5):
        await api.written()
    gone = await shown(api)
    assert (gone["available"], gone["expired"], gone["expiring"], len(gone["grants"])) == (1_000_000, 700_000, 0, 1)


async def sweep_at(api: Served, moment: datetime) -> int:
    """One sweep at another time."""

    def clock() -> datetime:
        return moment

    return await Sweeper(at(api.studio, clock)).sweep()


async def test_the_sweeper_releases_what_is_overdue_writes_off_what_expired_and_carries_forward(
    api: Served, database_url: str
) -> None:
    now, stream = api.studio.clock(), account_id(api.account.id)
    await granted(api, 1_000_000, expires_at=now + timedelta(hours=2))
    reserve = ReserveCredits(reservation_id=uuid4(), amount=400_000, deadline_at=now + timedelta(hours=1))
    version = (await api.studio.commands.handle(Command(uuid4(), stream, None, reserve))).version
    await shown(api, version)
    assert await sweep_at(api, now + timedelta(hours=1, minutes=1)) == 1
    released = await shown(api, version + 1)
    assert (released["reserved"], released["available"]) == (0, 1_000_000)
    assert await sweep_at(api, now + timedelta(hours=1, minutes=1)) == 0
    later = now + timedelta(hours=3)
    assert await sweep_at(api, later) == 1
    expired = await shown(api, version + 2)
    assert (expired["expired"], expired["available"]) == (1_000_000, 0)
    (closing,) = await due_on_accounts(api.studio.pool, later, 10, longest_period=version)
    await api.studio.commands.handle(closing)
    assert await shown(api, version + 3) == expired | {"version": version + 3}
    assert await due_on_accounts(api.studio.pool, later, 10, longest_period=version) == []
    assert (await verify(database_url, CREDITS_PROJECTION)).comparison.equal


async def test_with_credits_off_nothing_is_reserved_and_the_page_is_told(database_url: str, redis_url: str) -> None:
    async with served(database_url, redis_url, credits_muse_price="0.5") as api:
        assert not (await shown(api))["enabled"]
        session_id = await api.start()
        await api.command("GENERATE_INSPIRATION", session_id)
        estimate = (await api.http.get(f"/api/v1/genesis/{session_id}/estimate")).json()
        assert (estimate["enabled"], estimate["amount"]) == (False, 0)
        assert await api.studio.store.load(ACCOUNT, account_id(api.account.id)) is None
