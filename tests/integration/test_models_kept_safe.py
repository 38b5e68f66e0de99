"""Models over HTTP when something is off: two browsers, somebody else's, a key file that is lost, a wrong address."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet

from infrastructure.doctor.models import look_at_models
from infrastructure.secret_box import SecretBox
from infrastructure.writers.connections.store import ModelConnections
from tests.support.api import Served, served
from tests.support.model_answers import KEY
from tests.support.models import MODELS, fails, keep, works
from tests.support.openai_server import Behaviour, OpenAIServer


@pytest.fixture
async def api(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(database_url, redis_url, home=tmp_path) as running:
        yield running


async def test_two_browsers_that_change_different_things_keep_both(api: Served) -> None:
    made = await keep(api.http)
    at = f"{MODELS}/{made['id']}"
    await api.http.patch(at, json={"name": "Renamed"})
    after = (await api.http.patch(at, json={"context_tokens": 32_768})).json()
    assert (after["name"], after["context_tokens"], after["version"]) == ("Renamed", 32_768, 3)


async def test_two_browsers_that_change_the_same_model_are_told_and_nothing_is_overwritten_unseen(api: Served) -> None:
    made = await keep(api.http)
    at = f"{MODELS}/{made['id']}"
    seen = {"expected_version": made["version"]}
    assert (await api.http.patch(at, json=seen | {"name": "Left"})).status_code == 200
    late = await api.http.patch(at, json=seen | {"name": "Right", "api_key": "another-key-of-mine-9999"})
    assert (late.status_code, late.json()["code"], late.json()["current_version"]) == (409, "VERSION_CONFLICT", 2)
    assert "session" not in late.json()["title"], "it is a model's"
    assert "9999" not in late.text
    kept = (await api.http.get(at)).json()
    assert (kept["name"], kept["key_end"]) == ("Left", made["key_end"])
    meant = await api.http.patch(at, json={"expected_version": 2, "name": "Right"})
    assert meant.json()["name"] == "Right"


async def test_a_test_and_another_order_are_no_change_that_a_browser_has_to_hear_of(api: Served) -> None:
    first, second = await keep(api.http, name="A"), await keep(api.http, name="B")
    await api.http.patch(f"{MODELS}/{second['id']}", json={"position": 0})
    again = (await api.http.get(f"{MODELS}/{first['id']}")).json()
    assert (again["position"], again["version"]) == (1, first["version"])


async def test_somebody_elses_model_is_none(api: Served) -> None:
    with OpenAIServer(works(), models=["m"]) as server:
        mine = await keep(api.http, server)
        session_id = await api.start()
        async with await api.client(await api.stranger()) as other:
            at = f"{MODELS}/{mine['id']}"
            for answer in (
                await other.get(at),
                await other.patch(at, json={"name": "Theirs"}),
                await other.delete(at),
                await other.post(f"{at}/test"),
                await other.post(
                    f"{MODELS}/available", json={"preset": "other", "base_url": server.url(), "model_id": mine["id"]}
                ),
                await other.put(f"/api/v1/genesis/{session_id}/model", json={"choice": mine["id"]}),
            ):
                assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND"), answer.text
            theirs = await other.get(MODELS)
            assert theirs.json()["items"] == []
        assert server.requests == server.listings == []
        assert (await api.http.get(at)).json() == mine


@pytest.mark.parametrize("path", [f"{MODELS}/{uuid4()}", f"{MODELS}/not-an-id"], ids=["no such", "no id"])
async def test_a_model_that_there_is_not(api: Served, path: str) -> None:
    assert (await api.http.get(path)).status_code == 404


WRONG: list[tuple[str, Behaviour, str]] = [
    ("key", fails(401, "Incorrect API key"), "KEY_REFUSED"),
    ("page", Behaviour(answer=lambda _: "", page="<html><script>alert(1)</script></html>"), "WEB_PAGE"),
]


@pytest.mark.parametrize(("behaviour", "code"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
async def test_a_test_says_what_is_wrong_and_keeps_it(api: Served, behaviour: Behaviour, code: str) -> None:
    with OpenAIServer(behaviour) as server:
        made = await keep(api.http, server)
        tested = (await api.http.post(f"{MODELS}/{made['id']}/test", timeout=180)).json()
    assert (tested["code"], tested["cost_usd"]) == (code, None)
    assert "<script>" not in tested["message"]
    kept = (await api.http.get(f"{MODELS}/{made['id']}")).json()
    assert (kept["test_code"], kept["test_message"]) == (code, tested["message"])


def lost(path: Path) -> None:
    path.unlink()


def changed(path: Path) -> None:
    path.write_bytes(Fernet.generate_key())


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def garbled(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("harm", [lost, changed, emptied, garbled, folder])
async def test_a_key_file_that_is_lost_or_changed_is_said_plainly(
    api: Served, tmp_path: Path, database_url: str, harm: Any
) -> None:
    with OpenAIServer(works(), models=["m"]) as server:
        made = await keep(api.http, server)
        harm(tmp_path / "secret.key")
        listed = await api.http.get(MODELS)
        assert [one["key_readable"] for one in listed.json()["items"]] == [False]
        tested = await api.http.post(f"{MODELS}/{made['id']}/test")
        assert (tested.status_code, tested.json()["code"]) == (200, "KEY_UNREADABLE")
        asked = {"preset": "other", "base_url": server.url(), "model_id": made["id"]}
        assert (await api.http.post(f"{MODELS}/available", json=asked)).status_code == 200
        assert [headers.get("authorization") for _, headers in server.listings] == [None]
    found = look_at_models(database_url, SecretBox(tmp_path))
    assert (found.ok, found.detail) == (False, "1 of 1 have a key that cannot be read: “Mine”")
    entered = await api.http.patch(f"{MODELS}/{made['id']}", json={"api_key": KEY})
    assert entered.status_code == (200 if harm in (lost, changed) else 422), entered.text
    assert KEY not in entered.text
    assert entered.json().get("code") in (None, "SECRET_KEY_UNUSABLE")


async def test_a_key_file_that_others_can_read_is_found(api: Served, tmp_path: Path, database_url: str) -> None:
    await keep(api.http)
    assert look_at_models(database_url, SecretBox(tmp_path)).ok
    (tmp_path / "secret.key").chmod(0o644)
    found = look_at_models(database_url, SecretBox(tmp_path))
    assert (found.ok, found.remedy) == (False, f"chmod 600 {tmp_path / 'secret.key'}")


async def test_keys_move_to_a_new_secret_key_and_the_old_one_can_go(api: Served, tmp_path: Path) -> None:
    mine = await keep(api.http)
    async with await api.client(await api.stranger()) as other:
        await keep(other)
    old, new = (tmp_path / "secret.key").read_text().strip(), Fernet.generate_key().decode()
    connections = ModelConnections(api.studio.pool, SecretBox(tmp_path, f"{new},{old}"))
    assert await connections.encrypt_anew() == (2, 0)
    kept = await connections.get(api.account.id, (await connections.all(api.account.id))[0].id)
    assert kept is not None
    assert SecretBox(tmp_path, new).decrypt(kept.id, kept.secret or "") == KEY
    assert not SecretBox(tmp_path, old).can_read(kept.id, kept.secret or "")
    assert kept.version == mine["version"]
    assert await ModelConnections(api.studio.pool, SecretBox(tmp_path, old)).encrypt_anew() == (0, 2)
