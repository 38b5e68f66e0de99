"""Versions of a projection side by side: built beside the old one, read when it is built, dropped when nobody reads it.

The first test prints its timeline (`pytest -s`); docs/operations.md, "Deploying a changed read table", reads it.
"""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import pytest
from genesis_types.enums import GenesisMode
from psycopg import AsyncConnection

from domain.genesis.commands import NavigateToStage
from domain.genesis.stages import STAGE_ORDER
from infrastructure.postgres.pool import Pool, connection_options
from infrastructure.read_side import old_versions
from infrastructure.read_side.rebuild import NewerVersion, go_back, rebuild, verify
from infrastructure.read_side.schemas import ensure
from infrastructure.read_side.status import all_status, findings
from projections.genesis.session import GENESIS_SESSION
from tests.support.api import COMMANDS, Served, served
from tests.support.commands import CONTENTS, Desk
from tests.support.next_build import NEXT, next_build
from tests.support.reading import eventually, projecting

NOW = GENESIS_SESSION.version


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


async def _rows(api: Served, query: str) -> list[tuple[Any, ...]]:
    async with api.studio.pool.connection() as connection:
        return await (await connection.execute(query.encode())).fetchall()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Traffic:
    """Writers who read what they wrote, through whatever API is in use now. Every answer is counted."""

    def __init__(self, api: Served, begun: float) -> None:
        self.addresses = [api.base_url]
        self.answers: Counter[tuple[str, int]] = Counter()
        self.refused: list[str] = []
        self.open: Counter[str] = Counter()
        self.over = asyncio.Event()
        self._headers = dict(api.http.headers)
        self._begun = begun
        self._turn = count()

    async def write_and_read(self, session_id: str) -> None:
        version = 1
        async with httpx.AsyncClient(headers=self._headers, timeout=20) as http:
            for turn in count():
                if self.over.is_set():
                    return
                stage = STAGE_ORDER[1 + turn % 4]
                body = {"command_type": "NAVIGATE_TO_STAGE", "session_id": session_id, "payload": {"stage": stage}}
                answer = await self._ask(http, "POST", COMMANDS, json=body)
                version = answer.get("version", version)
                state = await self._ask(
                    http, "GET", f"/api/v1/genesis/{session_id}/state", params={"min_version": version}
                )
                assert state["version"] >= version, self.refused
                await self._ask(http, "GET", "/api/v1/genesis")

    async def _ask(self, http: httpx.AsyncClient, method: str, path: str, **options: Any) -> dict[str, Any]:
        address = self.addresses[next(self._turn) % len(self.addresses)]
        self.open[address] += 1
        try:
            answer = await http.request(method, address + path, **options)
        finally:
            self.open[address] -= 1
        self.answers[address, answer.status_code] += 1
        if answer.status_code >= 400:
            self.refused.append(f"{time.monotonic() - self._begun:.1f} s {method} {path}: {answer.text}")
            return {"version": 0}
        found: dict[str, Any] = answer.json()
        return found

    def say(self, what: str) -> None:
        answered = sum(self.answers.values())
        print(f"{time.monotonic() - self._begun:6.1f} s  {answered:5} answered, {len(self.refused)} refused  {what}")


async def test_a_changed_read_table_is_deployed_beside_the_old_one_under_live_traffic_with_no_refused_request(
    api: Served, database_url: str, redis_url: str
) -> None:
    sessions = [await api.start(title=f"Book {number}") for number in range(6)]
    traffic = Traffic(api, time.monotonic())
    port = _free_port()
    new_address = f"http://127.0.0.1:{port}"

    async def built() -> bool:
        query = (
            f"SELECT 1 FROM projection_checkpoints WHERE projection = 'genesis_session' AND version = {NEXT}"
            " AND built_at IS NOT NULL"
        )
        return bool(await _rows(api, query))

    async def new_api_answers() -> bool:
        try:
            async with httpx.AsyncClient() as http:
                checks = (await http.get(f"{new_address}/ready")).json()["checks"]
                return all(check["ok"] for check in checks if check["name"].startswith("projection"))
        except httpx.HTTPError:
            return False

    async def drained() -> bool:
        return not traffic.open[api.base_url]

    async def new_projector_keeps_the_novels() -> bool:
        query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM"
        held = await _rows(api, f"{query} pg_database WHERE datname = current_database())")
        return held[0][0] >= 2

    async with asyncio.TaskGroup() as tasks:
        writers = [tasks.create_task(traffic.write_and_read(session_id)) for session_id in sessions]
        await asyncio.sleep(0.5)
        traffic.say(f"old build alone, on version {NOW}")
        async with next_build(database_url, redis_url, "projector"):
            await eventually(built, within=60)
            traffic.say(f"new projector has built version {NEXT} beside version {NOW}")
            async with next_build(database_url, redis_url, "api", port=port):
                await eventually(new_api_answers, within=60)
                traffic.addresses.append(new_address)
                traffic.say("new API is ready; requests go to both")
                await asyncio.sleep(1)
                traffic.addresses.remove(api.base_url)
                await eventually(drained)
                traffic.say("requests go to the new API only, the old one has answered all it had")
                await api.projecting.stop()
                traffic.say("old projector has stopped")
                await eventually(new_projector_keeps_the_novels)
                await asyncio.sleep(1)
                async with httpx.AsyncClient(base_url=new_address, headers=api.http.headers, timeout=20) as http:
                    novel = await _finish(http, "Tides")
                assert novel["title"] == "Tides"
                traffic.over.set()
                await asyncio.gather(*writers)
                traffic.say("done")

    assert traffic.refused == []
    assert traffic.answers[api.base_url, 200] > 20
    assert traffic.answers[new_address, 200] > 20
    wider = await _rows(api, f"SELECT shouted, title, version FROM read_genesis_session_v{NEXT}.genesis_sessions")
    assert len(wider) == len(sessions) + 1
    assert all(shouted == title.upper() for shouted, title, _ in wider)
    await _the_older_build_is_told_and_writes_nothing(api, database_url)
    assert await _cli(database_url, redis_url, "drop", "genesis_session", str(NEXT), "--yes") == 1, "its own"
    assert await _cli(database_url, redis_url, "drop", "genesis_session", str(NOW), "--yes") == 0
    assert not await _rows(api, f"SELECT 1 FROM pg_namespace WHERE nspname = '{GENESIS_SESSION.schema}'")
    heads = f"SELECT 1 FROM stream_heads WHERE projection = 'genesis_session' AND version = {NOW}"
    assert not await _rows(api, heads)
    assert await _rows(api, f"SELECT 1 FROM read_genesis_session_v{NEXT}.genesis_sessions")


async def _finish(http: httpx.AsyncClient, title: str) -> dict[str, Any]:
    async def give(command_type: str, session_id: str | None = None, **payload: Any) -> dict[str, Any]:
        body = {"command_type": command_type, "payload": payload} | ({"session_id": session_id} if session_id else {})
        answer = await http.post(COMMANDS, json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    session_id = (await give("START_GENESIS", mode="free_form", title=title))["session_id"]
    for stage in STAGE_ORDER:
        await give("CONFIRM_STAGE", session_id, stage=stage, content=CONTENTS[stage])
    done = await give("FINISH_GENESIS", session_id)
    answer = await http.get(f"/api/v1/novels/{done['result']['novel_id']}", params={"min_version": done["version"]})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _the_older_build_is_told_and_writes_nothing(api: Served, database_url: str) -> None:
    before = await _rows(
        api, "SELECT projection, version, position, generation FROM projection_checkpoints ORDER BY 1, 2"
    )
    for change in (rebuild, go_back):
        with pytest.raises(NewerVersion, match=rf"version {NOW} .* version {NEXT}"):
            await change(database_url, GENESIS_SESSION)
    assert (await verify(database_url, GENESIS_SESSION)).comparison is not None, "looking is allowed"
    async with api.studio.pool.connection() as connection:
        said = [what for name, ok, what, _ in await findings(connection) if name == "projection genesis_session"]
        newer = [row for row in await all_status(connection) if row.standing.version == NEXT]
        with pytest.raises(old_versions.InUse):
            await old_versions.drop(connection, "genesis_session", NOW)
    assert any(f"version {NEXT} of a newer build" in what for what in said)
    assert [row.standing.live for row in newer] == [False]
    after = await _rows(
        api, "SELECT projection, version, position, generation FROM projection_checkpoints ORDER BY 1, 2"
    )
    assert after == before


async def _cli(database_url: str, redis_url: str, *arguments: str) -> int:
    async with next_build(database_url, redis_url, "cli", "projections", *arguments) as child:
        out, _ = await child.communicate()
        print(out.decode())
        return int(child.returncode)


async def test_a_version_that_another_build_keeps_is_not_dropped(
    api: Served, database_url: str, redis_url: str
) -> None:
    await api.readable(await api.start(), 1)
    assert await _cli(database_url, redis_url, "drop", "genesis_session", str(NOW), "--yes") == 1
    assert await _rows(api, "SELECT 1 FROM genesis_sessions")
    assert await _cli(database_url, redis_url, "drop", "genesis_session", "7", "--yes") == 1


async def test_a_version_that_is_being_built_is_not_read_and_said_to_be_building(
    desk: Desk, pool: Pool, database_url: str, redis_url: str
) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    async with pool.connection() as connection:
        await connection.execute(
            "UPDATE projection_checkpoints SET built_at = NULL WHERE projection = 'genesis_session'"
        )
    async with served(database_url, redis_url, patience=0.2) as api:
        await api.projecting.stop()
        await _not_built(pool)
        session_id = str(uuid4())
        for path in ("/genesis", f"/genesis/{session_id}/state", f"/genesis/{session_id}/events/stream"):
            answer = await api.http.get(f"/api/v1{path}")
            assert (answer.status_code, answer.json()["code"]) == (503, "PROJECTION_LAGGING"), path
        assert (await api.http.get("/api/v1/novels")).status_code == 200, "another projection"
        ready = (await api.http.get("/ready")).json()
        (check,) = [check for check in ready["checks"] if check["name"] == "projection:genesis_session"]
        assert not check["ok"]
        assert "being built: 0 %" in check["detail"]
        mine = await api.start()
        api.projecting.start()
        await api.readable(mine, 1)

        async def let_in() -> bool:
            return (await api.http.get("/api/v1/genesis")).status_code == 200

        await eventually(let_in)


async def _not_built(pool: Pool) -> None:
    """As before the projector of the test had its first turn."""
    async with pool.connection() as connection:
        await connection.execute(
            "UPDATE projection_checkpoints SET built_at = NULL, position = 0, tx_id = '0'"
            " WHERE projection = 'genesis_session'"
        )
        await connection.execute("TRUNCATE genesis_sessions, genesis_stage_records, genesis_timeline")


async def test_many_processes_make_the_tables_at_once(database_url: str, pool: Pool) -> None:
    async with pool.connection() as connection:
        await connection.execute("DROP SCHEMA read_novels_v1 CASCADE")
        await connection.execute("DELETE FROM projection_checkpoints WHERE projection = 'novels'")

    async def one() -> int:
        async with await AsyncConnection.connect(database_url, **connection_options(database_url, "t")) as connection:
            return len(await ensure(connection))

    assert sum(await asyncio.gather(*(one() for _ in range(8)))) == 1
    async with pool.connection() as connection:
        assert await ensure(connection) == ()
        assert await (await connection.execute("SELECT count(*) FROM novels")).fetchone() == (0,)


async def test_each_version_has_one_keeper_and_what_is_written_is_not_kept_twice(desk: Desk, database_url: str) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    async with projecting(database_url) as old, projecting(database_url) as other:
        await old.step({"genesis_session"})
        await other.step({"novels"})
        await desk.do(NavigateToStage(stage=STAGE_ORDER[1]))
        assert await old.step({"genesis_session"}) == 1
        assert await other.step({"novels"}) == 1
        assert await old.step({"novels"}) == 0, "the other's place is looked up before it is believed"
