"""What is said when parts are gone: readiness, faults without their text, a page that is not built."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict
from structlog.testing import capture_logs

from tests.support.api import COMMANDS, Served, served
from tests.support.postgres import Cluster

START = {"command_type": "START_GENESIS"}


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def test_readiness_says_what_is_degraded_and_why(database_url: str) -> None:
    async with served(database_url, "redis://127.0.0.1:1") as api:
        await api.start()
        answer = (await api.http.get("/ready")).json()
        checks = {check["name"]: check["ok"] for check in answer["checks"]}
        assert answer["status"] == "degraded"
        assert checks["database"]
        assert not checks["redis"]
        assert (await api.http.get("/live")).json() == {"status": "alive"}


async def test_everything_there_is_ready(api: Served) -> None:
    session_id = await api.start()
    await api.state(session_id, 1)
    answer = (await api.http.get("/health")).json()
    assert answer["status"] == "ready", answer
    assert "projection:genesis_session" in {check["name"] for check in answer["checks"]}


async def test_a_database_that_is_gone_is_said_to_be_unavailable(cluster: Cluster, redis_url: str) -> None:
    with cluster.database() as url:
        name = str(conninfo_to_dict(url)["dbname"])
        async with served(url, redis_url) as api:
            await api.start()
            await api.projecting.stop()
            cluster.drop(name)
            for method, path in (("POST", COMMANDS), ("GET", "/api/v1/genesis")):
                answer = await api.http.request(method, path, json=START if method == "POST" else None)
                assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE"), answer.text
                assert answer.headers["retry-after"]
            ready = await api.http.get("/ready")
            assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")


async def test_a_fault_is_answered_and_logged_without_its_text(api: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("The drowned bell rang twice")

    monkeypatch.setattr(api.app.state.readers.queries, "sessions", fail)
    with capture_logs() as logs:
        answer = await api.http.get("/api/v1/genesis")
    assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL_ERROR")
    assert "bell" not in answer.text
    (entry,) = [log for log in logs if log["event"] == "request_failed"]
    assert (entry["route"], entry["error"]) == ("/genesis", "ValueError")


async def test_the_page_is_served_for_each_of_its_addresses(database_url: str, redis_url: str, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-1a2b.js").write_text("studio()")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "index.html").write_text("<html><script>light()</script><script src='/assets/index-1a2b.js'></script>")
    async with served(database_url, redis_url, pages=tmp_path) as api:
        for path in ("/", "/index.html", "/novels/1", "/genesis/abc", "/..%2f..%2fetc/passwd", "/%00"):
            page = await api.http.get(path)
            assert (page.status_code, page.text[:6]) == (200, "<html>"), path
            assert page.headers["cache-control"] == "no-cache"
            assert "'sha256-" in page.headers["content-security-policy"]
        script = await api.http.get("/assets/index-1a2b.js")
        assert (script.text, script.headers["cache-control"]) == ("studio()", "public, max-age=31536000, immutable")
        icon = (await api.http.get("/favicon.svg")).headers
        assert icon["content-type"] == "image/svg+xml"
        assert "default-src 'none'" in icon["content-security-policy"], "a drawing may hold scripts"
        assert (await api.http.get("/assets/index-old.js")).status_code == 404
        assert (await api.http.post("/novels/1")).status_code == 405
        assert (await api.http.get("/api/nope")).json()["code"] == "NOT_FOUND"


async def test_a_page_that_is_not_built_says_how_to_build_it(api: Served) -> None:
    answer = await api.http.get("/")
    assert answer.status_code == 503
    assert "make setup" in answer.text
