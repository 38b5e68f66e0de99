"""A rebuild that was killed goes on where it was, and gives what one gives that nobody has disturbed."""

import asyncio
import os
import random
import signal
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from infrastructure.event_store import log_reader
from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.read_side import rebuild_plan, shadow_fill, table_switch
from infrastructure.read_side import shadow_tables as shadows
from infrastructure.read_side.rebuild import Options, go_back, rebuild, verify
from infrastructure.read_side.rebuild_plan import Overtaken, identity, why_anew
from infrastructure.read_side.rebuild_turn import RebuildRunning, alone
from infrastructure.read_side.shadow_fill import WorkerFailed
from infrastructure.read_side.shadow_tables import Shadow
from infrastructure.read_side.unfinished import drop_unfinished, unfinished_rebuilds
from projections.genesis.session import GENESIS_SESSION
from projections.novel.novels import NOVELS
from tests.support import dying_rebuild
from tests.support.logs import JOURNEY, everything, some_histories, write_histories
from tests.support.reading import eventually, projecting

_PARKED = [*JOURNEY[:4], ("ComesFromTheFuture", 1, "{}"), *JOURNEY[4:6]]


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shadows, "CHUNK", dying_rebuild.CHUNK)


async def _log(url: str, seed: int, sessions: int = 14) -> dict[str, Any]:
    """A projected log with a stream that is parked in it; what everything must be again."""
    histories = some_histories(random.Random(seed), sessions)
    histories[3] = _PARKED
    write_histories(url, histories, seed)
    async with projecting(url, far=10**9) as projector:
        await projector.catch_up()
    return await _comparable(url)


async def _comparable(url: str) -> dict[str, Any]:
    found = await everything(url)
    found.pop("places")
    found["parked"] = [row for row in found["parked"] if "@" not in row]
    return found


def _killed(url: str, step: str, number: int, *, workers: int = 1, projection: str = "genesis_session") -> bool:
    """Whether it came so far as to be killed; else it has ended by itself."""
    code = dying_rebuild.start(url, projection, step, number, workers).wait(60)
    assert code in (0, -signal.SIGKILL)
    return code != 0


async def _resumed(url: str) -> tuple[Any, list[str]]:
    said: list[str] = []
    report = await rebuild(url, GENESIS_SESSION, Options(tell=said.append))
    assert report.comparison.equal, report.comparison
    return report, said


async def _filled(url: str) -> int:
    """Events whose rows an interrupted rebuild has left."""
    schema = f"rebuild_{GENESIS_SESSION.name}_v{GENESIS_SESSION.version}"
    async with await AsyncConnection.connect(url) as connection:
        return await rebuild_plan.filled_events(connection, schema)


@pytest.mark.parametrize("seed", [1, 2])
async def test_killed_at_random_chunks_it_repeats_one_at_most_and_gives_the_same(database_url: str, seed: int) -> None:
    expected = await _log(database_url, seed)
    chance = random.Random(seed)
    done = 0
    for _ in range(2):
        step = chance.choice(("between the rows and their place", "after a chunk"))
        number = chance.randint(1, 3)
        assert await asyncio.to_thread(_killed, database_url, step, number)
        whole = number - 1 if step.startswith("between") else number
        before, done = done, await _filled(database_url)
        assert (done > before) == (whole > 0), "every chunk that was written counts"
        assert done <= before + whole * dying_rebuild.CHUNK, "and no other"
        assert await _comparable(database_url) == expected, "nothing has changed for readers"
    report, said = await _resumed(database_url)
    assert report.resumed == done, "none of them was done again"
    assert said == ["The interrupted rebuild of genesis_session goes on where it was."]
    assert await _comparable(database_url) == expected
    assert (await verify(database_url, GENESIS_SESSION)).comparison.equal


@pytest.mark.parametrize("step", list(dying_rebuild.STEPS)[3:])
async def test_killed_after_the_fill_it_fills_nothing_again(
    database_url: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = await _log(database_url, 4)
    assert await asyncio.to_thread(_killed, database_url, step, 1)
    filled: list[object] = []

    async def spied(*arguments: Any, **options: Any) -> float:
        filled.append(arguments)
        return 0.0

    monkeypatch.setattr(shadow_fill, "write_folded", spied)
    report, _ = await _resumed(database_url)
    assert not filled
    assert report.switched
    assert await _comparable(database_url) == expected
    async with await AsyncConnection.connect(database_url) as connection:
        query = b"SELECT count(*) FROM pg_indexes WHERE schemaname = %s AND indexname LIKE 'genesis_sessions_%%'"
        row = await (await connection.execute(query, (GENESIS_SESSION.schema,))).fetchone()
    assert row == (4,), "the key's index, and the three that are made after the fill"


async def test_workers_fill_their_own_streams_and_may_be_killed_as_well(database_url: str) -> None:
    expected = await _log(database_url, 5)
    assert (await rebuild(database_url, GENESIS_SESSION, Options(workers=3))).comparison.equal
    assert await _comparable(database_url) == expected
    assert await asyncio.to_thread(_killed, database_url, "between the fill and the indexes", 1, workers=2)
    report = await rebuild(database_url, GENESIS_SESSION, Options(workers=3))
    assert report.comparison.equal
    assert report.resumed > 0
    assert await _comparable(database_url) == expected


async def test_workers_whose_parent_is_killed_end_by_themselves_and_write_nothing_more(database_url: str) -> None:
    expected = await _log(database_url, 16, sessions=8)
    # asked once before the workers are started, and then again and again while they fill
    assert await asyncio.to_thread(_killed, database_url, "while workers fill", 2, workers=2)
    report, _ = await _resumed(database_url)
    assert report.switched
    assert await _comparable(database_url) == expected
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:

        async def gone() -> bool:
            query = b"SELECT FROM pg_stat_activity WHERE application_name = 'genesis-rebuild-fill'"
            return await (await connection.execute(query)).fetchone() is None

        await eventually(gone)
    assert await _comparable(database_url) == expected


async def test_a_worker_that_fails_is_told_without_a_traceback(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    expected = await _log(database_url, 17, sessions=8)

    def elsewhere(one: Any, **changes: Any) -> Any:
        changed = replace(one, **changes)
        return replace(changed, database_url=f"{database_url}&dbname=nowhere") if "parent" in changes else changed

    monkeypatch.setattr(shadow_fill, "replace", elsewhere)
    with pytest.raises(WorkerFailed, match="genesis_session ended with code 1"):
        await rebuild(database_url, GENESIS_SESSION, Options(workers=2))
    said = capfd.readouterr().err
    assert "A worker of the rebuild of genesis_session: OperationalError" in said
    assert "Traceback" not in said
    monkeypatch.undo()
    await _resumed(database_url)
    assert await _comparable(database_url) == expected


async def test_what_an_earlier_run_still_wants_to_write_is_refused(database_url: str) -> None:
    await _log(database_url, 6, sessions=6)
    shadow = Shadow(GENESIS_SESSION, "rebuild_genesis_session_v3")
    async with alone(database_url, GENESIS_SESSION) as connection:
        until = await log_reader.horizon(connection)
        await shadows.create(connection, shadow, GENESIS_SESSION.create(), until)
        earlier, parts = await rebuild_plan.take_parts(connection, shadow.schema)
        await rebuild_plan.take_parts(connection, shadow.schema)
        filling = shadow_fill.Filling(
            database_url, GENESIS_SESSION, shadow.schema, shadow.parking, until, earlier, chunk=50
        )
        with pytest.raises(Overtaken):
            await shadow_fill.fill_parts(filling, parts, lambda *_: None)
        assert await rebuild_plan.filled_events(connection, shadow.schema) == 0
        rows = await connection.execute(f"SELECT count(*) FROM {shadow.schema}.genesis_timeline".encode())
        assert await rows.fetchone() == (0,)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ("code", "it was begun by another build"),
        ("events", "its events have other versions now"),
        ("tables", "its tables have another shape now"),
    ],
)
async def test_after_an_upgrade_it_begins_anew_and_says_why(
    database_url: str, monkeypatch: pytest.MonkeyPatch, changed: str, told: str
) -> None:
    expected = await _log(database_url, 7, sessions=6)
    assert await asyncio.to_thread(_killed, database_url, "after a chunk", 2)
    original = rebuild_plan.identity
    monkeypatch.setattr(rebuild_plan, "identity", lambda *given: original(*given) | {changed: "of the next build"})
    report, said = await _resumed(database_url)
    assert report.resumed == 0
    assert said == [f"The interrupted rebuild of genesis_session begins anew: {told}."]
    assert await _comparable(database_url) == expected


async def test_what_another_version_left_is_dropped_and_told(database_url: str) -> None:
    await _log(database_url, 8, sessions=5)
    older = f"rebuild_genesis_session_v{GENESIS_SESSION.version - 1}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {older} CREATE TABLE genesis_sessions (id int)".encode())
    report, said = await _resumed(database_url)
    assert report.switched
    assert f"was of version {GENESIS_SESSION.version - 1}" in said[0]
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT FROM pg_namespace WHERE nspname = %s", (older,)).fetchone() is None


def test_a_log_that_is_older_than_the_shadow_is_no_log_to_go_on_with() -> None:
    of = identity(NOVELS, NOVELS.create())
    note = {"identity": of, "until": [700, 50], "tx_id": 0, "position": 0}
    assert why_anew(note, of, Checkpoint(700, 50)) is None
    assert why_anew(note, of, Checkpoint(699, 90)) == "the log is older now: it was restored"
    assert why_anew(None, of, Checkpoint(1, 1)) is not None


async def test_what_is_left_is_shown_and_can_be_dropped_or_begun_afresh(database_url: str) -> None:
    expected = await _log(database_url, 9, sessions=6)
    assert await asyncio.to_thread(_killed, database_url, "after a chunk", 1)
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        (left,) = await unfinished_rebuilds(connection)
        assert (left.projection, left.version, left.running) == ("genesis_session", GENESIS_SESSION.version, False)
        async with alone(database_url, GENESIS_SESSION):
            assert [one.running for one in await unfinished_rebuilds(connection)] == [True]
            with pytest.raises(RebuildRunning):
                await drop_unfinished(connection, GENESIS_SESSION)
        report = await rebuild(database_url, GENESIS_SESSION, Options(afresh=True))
        assert (report.resumed, report.switched) == (0, True)
        assert await unfinished_rebuilds(connection) == []
    assert await _comparable(database_url) == expected


async def test_the_second_of_two_is_told_who_holds_the_first(database_url: str) -> None:
    async with alone(database_url, GENESIS_SESSION):
        with pytest.raises(RebuildRunning, match=rf"in process {os.getpid()}@.+ since \d{{4}}-.+ UTC"):
            await rebuild(database_url, GENESIS_SESSION)


async def test_a_way_back_that_was_interrupted_applies_nothing_twice(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _log(database_url, 10, sessions=4)
    await rebuild(database_url, GENESIS_SESSION)
    write_histories(database_url, [JOURNEY] * 12, 11)  # more than a batch
    async with projecting(database_url) as projector:
        await projector.catch_up()
    expected = await _comparable(database_url)
    original = shadows.follow

    async def once(*arguments: Any, **options: Any) -> int:
        await original(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(table_switch, "follow", once)
    with pytest.raises(KeyboardInterrupt):
        await go_back(database_url, GENESIS_SESSION)
    monkeypatch.setattr(table_switch, "follow", original)
    await go_back(database_url, GENESIS_SESSION)
    assert await _comparable(database_url) == expected
