"""With credits on, whoever writes has a price: it is reserved before, and nobody writes who costs more than that."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from application.writer_request import writer_request
from application.writers import Draft, Proposed, WriterError
from domain.account.account import account_id
from domain.account.aggregate import ACCOUNT
from domain.account.commands import GrantCredits
from domain.aggregate import Command
from domain.genesis.aggregate import GENESIS_SESSION
from infrastructure.writers.connections.paying import Paid, reserved_in
from infrastructure.writers.factory import make_writer
from tests.support.api import COMMANDS, Served, served
from tests.support.models import MODELS, keep, works
from tests.support.openai_server import OpenAIServer
from tests.support.writers import written

MUSE = 500_000
PRICED = {"input_price": 1.0, "output_price": 2.0}
FREE = {"input_price": 0, "output_price": 0}


@pytest.fixture
async def api(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(database_url, redis_url, home=tmp_path, credits=True, credits_muse_price="0.5") as running:
        body = GrantCredits(user_id=running.account.id, amount=50_000_000)
        await running.studio.commands.handle(Command(uuid4(), account_id(running.account.id), None, body))
        yield running


async def choose(api: Served, session_id: str, choice: Any) -> httpx.Response:
    return await api.http.put(f"/api/v1/genesis/{session_id}/model", json={"choice": choice})


async def estimate(api: Served, session_id: str) -> httpx.Response:
    return await api.http.get(f"/api/v1/genesis/{session_id}/estimate", params={"count": 1})


async def held(api: Served) -> int:
    account = await api.studio.store.load(ACCOUNT, account_id(api.account.id))
    reserved: int = account.ledger.reserved
    return reserved


async def begun(api: Served, session_id: str) -> None:
    await api.command("GENERATE_INSPIRATION", session_id, count=1)


async def write(api: Served, session_id: str) -> tuple[list[Draft], Proposed]:
    """What a worker does with the generation that is under way."""
    studio = api.studio
    assert studio.pricing is not None
    writer = make_writer(studio.settings, studio.models, Paid(studio.pricing, reserved_in(studio.store)))
    session = await studio.store.load(GENESIS_SESSION, UUID(session_id))
    return await written(writer, writer_request(session, session.pending))


async def test_a_connection_with_a_price_writes_and_its_price_is_reserved_and_charged(api: Served) -> None:
    with OpenAIServer(works()) as server:
        await keep(api.http, server, **PRICED)
        session_id = await api.start()
        foreseen = (await estimate(api, session_id)).json()
        assert foreseen["amount"] > 3 * 8_192 * 2, "three answers at their longest"
        assert foreseen["context"] == 8_192, "of the one who will be asked"
        await begun(api, session_id)
        assert await held(api) == foreseen["amount"]
        _, end = await write(api, session_id)
        assert (end.model, end.cost_usd) == ("qwen3:8b", pytest.approx(0.0028))
        assert api.studio.pricing is not None
        assert api.studio.pricing.charge(end.usage, end.cost_usd, end.model) == 2_800


async def test_an_unknown_price_is_refused_with_a_sentence_and_is_not_nothing(api: Served) -> None:
    with OpenAIServer(works()) as server:
        made = await keep(api.http, server, name="At home")
        assert (made["usable"], made["input_price"]) == (False, None)
        session_id = await api.start()
        before = await api.written()
        body = {"command_type": "GENERATE_INSPIRATION", "session_id": session_id}
        for refused in (
            await api.http.post(COMMANDS, json=body),
            await estimate(api, session_id),
            await choose(api, session_id, made["id"]),
        ):
            assert (refused.status_code, refused.json()["code"]) == (422, "PRICE_UNKNOWN"), refused.text
            assert "Nobody knows what “At home” costs" in refused.json()["detail"]
        assert await api.written() == before
        assert (await choose(api, session_id, "muse")).status_code == 200
        assert (await estimate(api, session_id)).json()["amount"] == MUSE
        priced = await api.http.patch(f"{MODELS}/{made['id']}", json=FREE)
        assert priced.json()["usable"] is True
        assert (await choose(api, session_id, made["id"])).status_code == 200
        assert (await estimate(api, session_id)).json()["amount"] == 0, "free, because somebody said so"


async def test_further_down_a_model_without_a_price_is_passed_over(api: Served) -> None:
    with OpenAIServer(works()) as server, OpenAIServer(works()) as dear:
        first = await keep(api.http, server, name="First", **PRICED)
        await keep(api.http, server, name="Unknown")
        session_id = await api.start()
        line = (await choose(api, session_id, first["id"])).json()["line"]
        assert [one["name"] for one in line] == ["First"]
        one = (await estimate(api, session_id)).json()["amount"]
        await keep(api.http, dear, name="Dear", input_price=10, output_price=20)
        assert (await estimate(api, session_id)).json()["amount"] == 10 * one, "the most that anybody in line can cost"


async def test_who_was_put_in_line_after_it_was_reserved_does_not_write_for_less(api: Served) -> None:
    with OpenAIServer(works()) as server:
        kept = await keep(api.http, server, name="Dear", **PRICED)
        session_id = await api.start()
        await choose(api, session_id, "muse")
        await begun(api, session_id)
        assert await held(api) == MUSE
        dearer = {"input_price": 100, "output_price": 200}
        await api.http.patch(f"{MODELS}/{kept['id']}", json=dearer)
        await choose(api, session_id, kept["id"])
        with pytest.raises(WriterError) as refused:
            await write(api, session_id)
        assert (refused.value.code, refused.value.tries) == ("PRICE_ROSE", 0)
        assert "ask again" in refused.value.message
        assert server.requests == []


async def test_providers_at_their_own_address_have_the_tables_price(api: Served) -> None:
    made = await keep(api.http, preset="openai", model="gpt-4o")
    assert made["usable"] is True
    nobody_knows_it = await keep(api.http, name="New", preset="openai", model="no-such-model-at-all")
    gateway = await keep(api.http, name="Gateway", preset="openai", model="gpt-4o", base_url="http://127.0.0.1:9/v1")
    assert [one["usable"] for one in (nobody_knows_it, gateway)] == [False, False]
    session_id = await api.start()
    assert (await estimate(api, session_id)).json()["amount"] > 0
