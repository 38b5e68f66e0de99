"""Contradictions that a model finds, over HTTP: its price said before, held and settled once, its findings shown."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.writer_request import writer_request
from domain.account.account import account_id
from domain.account.aggregate import ACCOUNT
from domain.account.commands import GrantCredits
from domain.aggregate import Command
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import FailGeneration, RecordContradictions
from infrastructure.writers.connections.paying import Paid, reserved_in
from infrastructure.writers.factory import make_writer
from tests.support.api import COMMANDS, Served, served
from tests.support.models import keep
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.searching import ALIVE, CONFIRMED, DEAD, NOW, THEN, YOUNGER, reading_answer
from tests.support.writers import written

PRICED = {"input_price": 1.0, "output_price": 2.0, "context_tokens": 65_536}
GRANTED = 50_000_000


@pytest.fixture
async def api(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(database_url, redis_url, home=tmp_path, credits=True) as running:
        body = GrantCredits(user_id=running.account.id, amount=GRANTED)
        await running.studio.commands.handle(Command(uuid4(), account_id(running.account.id), None, body))
        yield running


async def book(api: Served) -> str:
    session_id = await api.start()
    version = 0
    for stage, content in CONFIRMED.items():
        answer = await api.command("CONFIRM_STAGE", session_id, stage=stage, content=content)
        version = int(answer["version"])
    await api.readable(session_id, version)
    return session_id


async def balance(api: Served) -> tuple[int, int]:
    """(what is there, what is held of it)."""
    account = await api.studio.store.load(ACCOUNT, account_id(api.account.id))
    return account.ledger.balance + account.ledger.reserved, account.ledger.reserved


async def read(api: Served, session_id: str) -> tuple[UUID, dict[str, Any]]:
    """What a worker does with the search that is under way: (the work, what it would record)."""
    studio = api.studio
    assert studio.pricing is not None
    writer = make_writer(studio.settings, studio.models, Paid(studio.pricing, reserved_in(studio.store)))
    session = await studio.store.load(GENESIS_SESSION, UUID(session_id))
    _, end = await written(writer, writer_request(session, session.pending))
    body = {name: getattr(end, name) for name in ("found", "writer", "model", "prompt_version", "cost_usd", "asked")}
    return session.pending.correlation_id, body | {"usage": dict(end.usage)}


async def record(api: Served, session_id: str, body: Any) -> int:
    command = Command(uuid4(), UUID(session_id), None, body)
    return (await api.studio.commands.handle(command)).version


async def listed(api: Served, session_id: str, version: int) -> dict[str, Any]:
    await api.readable(session_id, version)
    found: dict[str, Any] = (await api.http.get(f"/api/v1/genesis/{session_id}/contradictions")).json()
    return found


async def ask(api: Served, session_id: str) -> Any:
    return await api.http.post(COMMANDS, json={"command_type": "FIND_CONTRADICTIONS", "session_id": session_id})


async def test_its_price_is_said_before_held_meanwhile_and_charged_once(api: Served) -> None:
    with OpenAIServer(Behaviour(answer=reading_answer)) as server:
        await keep(api.http, server, name="Reader", **PRICED)
        session_id = await book(api)
        foreseen = (await api.http.get(f"/api/v1/genesis/{session_id}/estimate", params={"search": True})).json()
        assert (foreseen["enabled"], foreseen["parts"], foreseen["fits"]) == (True, 1, True)
        assert foreseen["tokens"] > 200
        begun = await ask(api, session_id)
        assert begun.status_code == 202, begun.text
        again = await ask(api, session_id)
        assert (again.status_code, again.json()["code"]) == (409, "COMMAND_ACTIVE")
        assert await balance(api) == (GRANTED, foreseen["amount"])

        work, said = await read(api, session_id)
        body = RecordContradictions(correlation_id=work, **said)
        version = await record(api, session_id, body)
        assert await balance(api) == (GRANTED - 2_800, 0)
        found = await listed(api, session_id, version)
        first, second = found["items"]
        assert (first["kind"], first["stage"], first["source_stage"]) == ("found", "PLOT_OUTLINE", "CHARACTERS")
        assert (first["sentence"], first["source_sentence"], first["proposed"]) == (NOW, THEN, YOUNGER)
        assert (first["found_by"], first["said"]) == ("qwen3:8b", "Nineteen or thirty-four?")
        assert first["why"] == f"“Characters” says otherwise, as qwen3:8b found: “{THEN}”"
        assert (second["sentence"], second["source_sentence"], second["proposed"]) == (ALIVE, DEAD, None)
        assert {one["search_id"] for one in found["items"]} == {str(work)}
        sent = (await api.http.get(f"/api/v1/genesis/{session_id}/generations/{work}/request")).json()
        assert (sent["model"], sent["failure"], len(sent["attempts"])) == ("qwen3:8b", None, 1)
        assert {part["role"] for part in sent["attempts"][0]["parts"]} == {"system", "user", "schema"}
        task = (await api.http.get(f"/api/v1/genesis/{session_id}/tasks/{work}")).json()
        assert (task["status"], task["cost_usd"]) == ("COMPLETED", pytest.approx(0.0028))
        state = (await api.http.get(f"/api/v1/genesis/{session_id}/state")).json()
        assert (state["is_pending"], state["warnings"]) == (False, [])

        accepted = await api.command("CORRECT_CONTRADICTIONS", session_id, contradiction_ids=[first["id"]])
        left = await api.command("DISMISS_CONTRADICTIONS", session_id, contradiction_ids=[second["id"]])
        assert int(left["version"]) == int(accepted["version"]) + 1
        settled = await listed(api, session_id, int(left["version"]))
        assert (settled["items"], [one["sentence"] for one in settled["dismissed"]]) == ([], [ALIVE])
        replayed = await api.http.get(f"/api/v1/genesis/{session_id}/replay", params={"at_version": left["version"]})
        assert replayed.status_code == 200, replayed.text
        assert len(server.requests) == 1, "whatever looks back asks no model"


async def test_what_fails_gives_everything_back(api: Served) -> None:
    with OpenAIServer(Behaviour(answer=reading_answer)) as server:
        await keep(api.http, server, name="Reader", **PRICED)
        session_id = await book(api)
        await ask(api, session_id)
        session = await api.studio.store.load(GENESIS_SESSION, UUID(session_id))
        assert (await balance(api))[1] > 0
        body = FailGeneration(correlation_id=session.pending.correlation_id, code="EMPTY", message="Nothing came.")
        await record(api, session_id, body)
        assert await balance(api) == (GRANTED, 0)


async def test_with_the_muse_alone_it_is_refused_with_what_to_do_and_nothing_is_held(api: Served) -> None:
    session_id = await book(api)
    before = await api.written()
    refused = await ask(api, session_id)
    assert (refused.status_code, refused.json()["code"]) == (422, "MODEL_NEEDED")
    assert "page Models" in refused.json()["detail"]
    assert await api.written() == before
    assert await balance(api) == (GRANTED, 0)


async def test_an_unknown_price_and_too_little_credit_are_refused(api: Served) -> None:
    with OpenAIServer(Behaviour(answer=reading_answer)) as server:
        made = await keep(api.http, server, name="Reader")
        session_id = await book(api)
        address = f"/api/v1/genesis/{session_id}/estimate"
        for refused in (await ask(api, session_id), await api.http.get(address, params={"search": True})):
            assert (refused.status_code, refused.json()["code"]) == (422, "PRICE_UNKNOWN")
        dear = {"input_price": 1_000, "output_price": 2_000}
        await api.http.patch(f"/api/v1/models/{made['id']}", json=dear)
        assert (await ask(api, session_id)).status_code == 402
        assert server.requests == []


async def test_one_confirmed_stage_is_not_enough_and_a_payload_of_ones_own_is_named(api: Served) -> None:
    session_id = await api.start()
    refused = await ask(api, session_id)
    assert (refused.status_code, refused.json()["code"]) == (422, "NOTHING_TO_COMPARE")
    body = {"command_type": "FIND_CONTRADICTIONS", "session_id": session_id, "payload": {"stage": "CHARACTERS"}}
    answer = await api.http.post(COMMANDS, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")
    wrong = await api.http.get(f"/api/v1/genesis/{session_id}/estimate", params={"search": "perhaps"})
    assert wrong.status_code == 400
