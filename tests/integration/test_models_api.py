"""Models over HTTP: kept with their keys encrypted, tested, listed, ended; and who may name addresses."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import structlog

from infrastructure.writers.connections.catalogue import Discovery
from infrastructure.writers.connections.presets import Preset
from tests.support.api import Served, served
from tests.support.model_answers import KEY
from tests.support.models import MODELS, fails, keep, works
from tests.support.openai_server import Behaviour, OpenAIServer


@pytest.fixture
async def api(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(database_url, redis_url, home=tmp_path) as running:
        yield running


async def rows(api: Served, statement: str) -> list[tuple[Any, ...]]:
    async with api.studio.pool.connection() as connection:
        return await (await connection.execute(statement.encode())).fetchall()


async def test_a_key_is_kept_encrypted_and_never_shown_again(api: Served, tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logged:
        made = await keep(api.http, api_key=f"  {KEY} \n")
        listed = (await api.http.get(MODELS)).text
        one = (await api.http.get(f"{MODELS}/{made['id']}")).text
    assert (made["has_key"], made["key_end"], made["key_readable"]) == (True, "-see", True)
    kept = await rows(api, "SELECT secret, row_to_json(model_connections)::text FROM model_connections")
    for text in (json.dumps(made), listed, one, json.dumps(logged, default=str), str(kept)):
        assert KEY not in text
    assert api.studio.models.box.decrypt((await api.studio.models.all(api.account.id))[0].id, kept[0][0]) == KEY
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert not await rows(api, "SELECT 1 FROM domain_events")


async def test_the_first_is_the_default_and_a_default_that_goes_is_followed(api: Served) -> None:
    first, second, third = [await keep(api.http, name=name) for name in ("A", "B", "C")]
    assert [one["is_default"] for one in (first, second, third)] == [True, False, False]
    assert (await api.http.patch(f"{MODELS}/{third['id']}", json={"is_default": True})).json()["is_default"]
    assert (await api.http.patch(f"{MODELS}/{third['id']}", json={"position": 0})).json()["position"] == 0

    async def shown() -> list[tuple[str, int, bool]]:
        items = (await api.http.get(MODELS)).json()["items"]
        return [(one["name"], one["position"], one["is_default"]) for one in items]

    assert await shown() == [("C", 0, True), ("A", 1, False), ("B", 2, False)]
    assert (await api.http.delete(f"{MODELS}/{third['id']}")).status_code == 204
    assert await shown() == [("A", 0, True), ("B", 1, False)]
    assert (await api.http.delete(f"{MODELS}/{third['id']}")).status_code == 404


async def test_a_change_touches_what_it_names_and_a_key_does_not_follow_to_another_address(api: Served) -> None:
    with OpenAIServer(works()) as server, OpenAIServer(works()) as elsewhere:
        made = await keep(api.http, server, input_price=0.1, output_price=0.3, context_tokens=32_768)
        at = f"{MODELS}/{made['id']}"
        changed = (await api.http.patch(at, json={"name": "Yours", "context_tokens": None})).json()
        assert changed == made | {"name": "Yours", "context_tokens": None}
        refused = await api.http.patch(at, json={"base_url": elsewhere.url()})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "api_key")
        moved = (
            await api.http.patch(at, json={"base_url": elsewhere.url(), "api_key": "another-key-of-mine-1234"})
        ).json()
        assert (moved["key_end"], moved["base_url"]) == ("1234", elsewhere.url())
        for asked in (server, elsewhere):
            body = {"preset": "other", "base_url": asked.url(), "model_id": made["id"]}
            assert (await api.http.post(f"{MODELS}/available", json=body)).status_code == 200
        assert [headers.get("authorization") for _, headers in server.listings] == [None]
        assert [headers["authorization"] for _, headers in elsewhere.listings] == ["Bearer another-key-of-mine-1234"]
        assert not (await api.http.patch(at, json={"api_key": None})).json()["has_key"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"api_key": "sk-one\nsk-two"}, "api_key"),
        ({"api_key": "sk\u2014long\u2013dashes"}, "api_key"),
        ({"base_url": "127.0.0.1:8080"}, "base_url"),
        ({"name": "MINE"}, "name"),
        ({"preset": "other"}, "base_url"),
        ({"input_price": 0.1}, ""),
        ({"input_price": -1, "output_price": 0}, "input_price"),
        ({"surprise": 1}, "surprise"),
    ],
    ids=["line break", "dashes", "no scheme", "taken", "no address", "one price", "below nought", "unknown"],
)
async def test_what_cannot_be_kept_is_said_by_its_field(api: Served, body: dict[str, Any], field: str) -> None:
    await keep(api.http)
    asked = {"name": "Other", "preset": "openai", "model": "gpt-5-mini", "api_key": KEY} | body
    answer = await api.http.post(MODELS, json=asked)
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (400, [field]), answer.text
    assert "sk" not in json.dumps(answer.json()["errors"])
    assert len((await api.http.get(MODELS)).json()["items"]) == 1


async def test_a_test_finds_the_form_that_works_and_keeps_it_for_other_processes(api: Served) -> None:
    def serve(body: dict[str, Any]) -> Behaviour:
        if "response_format" in body:
            return fails(400, "response_format is not supported")
        return works()

    class Picky(OpenAIServer):
        def behaviour(self, body: dict[str, Any]) -> Behaviour:
            return serve(body)

    with Picky() as server:
        made = await keep(api.http, server, input_price=1.0, output_price=2.0)
        # a process of its own loads the AI libraries: seconds on a quiet machine
        tested = (await api.http.post(f"{MODELS}/{made['id']}/test", timeout=180)).json()
        assert (tested["code"], tested["form"], tested["requests"]) == ("OK", "tool", 2), tested
        assert tested["cost_usd"] == pytest.approx((1_200 + 2 * 800) / 1e6)
        assert [headers["authorization"] for _, headers, _ in server.requests] == [f"Bearer {KEY}"] * 2
    after = (await api.http.get(f"{MODELS}/{made['id']}")).json()
    assert (after["form"], after["test_code"], after["test_message"]) == ("tool", "OK", None)
    assert after["tested_at"] is not None
    ((learned,),) = await rows(api, "SELECT learned FROM model_connections")
    assert learned["rung"] == "tool"


async def test_nobody_at_the_address(api: Served) -> None:
    with OpenAIServer(works()) as server:
        gone = server.url()
    asked = await api.http.post(f"{MODELS}/available", json={"preset": "other", "base_url": gone})
    assert (asked.json()["code"], asked.json()["items"]) == ("UNREACHABLE", [])


async def test_a_list_of_more_than_two_thousand_models_is_bounded_and_says_so(api: Served) -> None:
    with OpenAIServer(works(), models=[f"model-{number:04}" for number in range(2_345)]) as server:
        asked = {"preset": "other", "base_url": server.url(), "api_key": KEY}
        found = (await api.http.post(f"{MODELS}/available", json=asked)).json()
        assert server.listings[0][0] == "/v1/models"
        assert server.listings[0][1]["authorization"] == f"Bearer {KEY}"
    assert (len(found["items"]), found["items"][-1], found["more"], found["code"]) == (2_000, "model-1999", 345, "OK")


async def test_local_servers_are_found_where_they_listen(api: Served) -> None:
    with OpenAIServer(works(), models=["llama3.2", "qwen3:8b"]) as server, OpenAIServer(works()) as other:
        gone = Preset("vllm", "vLLM", "own-server", "http://127.0.0.1:9/v1", own=True, needs_key=False)
        here = Preset("ollama", "Ollama", "own-server", server.url(), own=True, needs_key=False)
        empty = Preset("lmstudio", "LM Studio", "own-server", other.url(), own=True, needs_key=False)
        models = api.app.state.models
        object.__setattr__(models, "discovery", Discovery((gone, here, empty), seconds=2))
        found = {one["name"]: one for one in (await api.http.get(f"{MODELS}/presets")).json()["items"]}
        await api.http.get(f"{MODELS}/presets")
        assert len(server.listings) == 1, "who asks again at once gets what was found"
    assert (found["ollama"]["running"], found["ollama"]["models"]) == (True, ["llama3.2", "qwen3:8b"])
    assert [found[name]["running"] for name in ("lmstudio", "vllm", "llamacpp")] == [True, False, False]
    assert (found["openai"]["running"], found["other"]["running"]) == (None, None)


async def test_who_is_no_owner_names_no_address_where_others_can_reach_the_studio(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with served(database_url, redis_url, home=tmp_path, hosts="studio.example.org") as api:
        with OpenAIServer(works(), models=["m"]) as server:
            async with await api.client(await api.stranger()) as other:
                body = {"name": "Mine", "preset": "other", "model": "m", "base_url": server.url()}
                for path, asked in (
                    (MODELS, body),
                    (MODELS, body | {"preset": "openai"}),
                    (MODELS, {"name": "Mine", "preset": "ollama", "model": "m"}),
                    (f"{MODELS}/available", {"preset": "other", "base_url": server.url()}),
                ):
                    refused = await other.post(path, json=asked)
                    assert refused.status_code == 400
                    assert "Only the owner" in refused.json()["errors"][0]["message"]
                made = await keep(other)
                moved = await other.patch(f"{MODELS}/{made['id']}", json={"base_url": server.url(), "api_key": KEY})
                assert moved.status_code == 400
                listed = (await other.get(MODELS)).json()
                presets = (await other.get(f"{MODELS}/presets")).json()["items"]
                assert (listed["addresses"], [one["name"] for one in presets if one["own"]]) == (False, [])
            assert server.listings == [] == server.requests
            assert (await keep(api.http, server))["base_url"] == server.url(), "the owner may"


async def test_a_session_has_its_own_choice_and_falls_back_when_it_goes(api: Served) -> None:
    first, second = await keep(api.http, name="First"), await keep(api.http, name="Second")
    session_id = await api.start(title="Tides")
    at = f"/api/v1/genesis/{session_id}/model"

    def line(answer: httpx.Response) -> tuple[Any, list[str]]:
        assert answer.status_code == 200, answer.text
        return answer.json()["choice"], [one["name"] for one in answer.json()["line"]]

    assert line(await api.http.get(at)) == (None, ["First", "Second"])
    assert line(await api.http.put(at, json={"choice": second["id"]})) == (second["id"], ["Second", "First"])
    assert line(await api.http.put(at, json={"choice": "muse"})) == ("muse", ["muse"])
    for wrong in (str(uuid4()), "environment", "nobody"):
        assert (await api.http.put(at, json={"choice": wrong})).status_code == 400
    await api.http.put(at, json={"choice": second["id"]})
    await api.http.delete(f"{MODELS}/{second['id']}")
    assert line(await api.http.get(at)) == (None, ["First"])
    await api.http.put(at, json={"choice": first["id"]})
    assert line(await api.http.put(at, json={"choice": None})) == (None, ["First"])


async def test_a_key_of_another_secret_key_is_said_and_can_be_entered_again(api: Served, tmp_path: Path) -> None:
    made = await keep(api.http)
    (tmp_path / "secret.key").unlink()
    assert not (await api.http.get(f"{MODELS}/{made['id']}")).json()["key_readable"]
    tested = (await api.http.post(f"{MODELS}/{made['id']}/test")).json()
    assert (tested["code"], tested["requests"]) == ("KEY_UNREADABLE", 0)
    assert "enter it again" in tested["message"].lower()
    again = (await api.http.patch(f"{MODELS}/{made['id']}", json={"api_key": KEY})).json()
    assert (again["key_readable"], again["test_code"]) == (True, None)


async def test_a_secret_key_that_cannot_be_used_is_said(api: Served, tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("nothing")
    answer = await api.http.post(MODELS, json={"name": "M", "preset": "openai", "model": "m", "api_key": KEY})
    assert (answer.status_code, answer.json()["code"]) == (422, "SECRET_KEY_UNUSABLE")
    assert (await api.http.get(MODELS)).json()["items"] == []


async def test_there_is_an_end_to_how_many_one_keeps(api: Served) -> None:
    for number in range(50):
        await keep(api.http, name=f"Model {number}", api_key=None)
    answer = await api.http.post(MODELS, json={"name": "One more", "preset": "openai", "model": "m"})
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (
        400,
        "There are 50 models already. Remove one first.",
    )


async def test_the_settings_model_is_named_and_comes_first(database_url: str, redis_url: str, tmp_path: Path) -> None:
    async with served(database_url, redis_url, home=tmp_path, model="openai:gpt-5-mini") as api:
        await keep(api.http, name="Kept")
        assert (await api.http.get(MODELS)).json()["environment"] == "openai:gpt-5-mini"
        session_id = await api.start(title="Tides")
        line = (await api.http.get(f"/api/v1/genesis/{session_id}/model")).json()["line"]
        assert [(one["kind"], one["name"]) for one in line] == [
            ("environment", "openai:gpt-5-mini"),
            ("connection", "Kept"),
        ]
