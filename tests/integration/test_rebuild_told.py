"""A rebuild keeps to its rate, and tells which events it could not take before anything is switched."""

from dataclasses import replace
from typing import Any

import psycopg

from infrastructure.read_side.rebuild import Options, rebuild, verify
from projections.genesis.session import GENESIS_SESSION
from projections.novel.novels import NOVELS
from tests.support.logs import JOURNEY, everything, write_histories
from tests.support.reading import projecting


async def test_a_throttle_is_kept_on_average(database_url: str) -> None:
    rate = 200.0
    write_histories(database_url, [JOURNEY] * 4, 12)
    report = await rebuild(database_url, GENESIS_SESSION, Options(rate=rate))
    assert report.events == 4 * len(JOURNEY)
    assert report.seconds >= report.events / rate


async def test_an_apply_that_fails_on_one_event_is_told_before_the_switch(database_url: str) -> None:
    (table,) = NOVELS.tables
    faulty = replace(NOVELS, tables=(replace(table, apply=_fails),))
    heard: list[Any] = []

    def refuse(comparison: Any) -> bool:
        heard.append(comparison.unapplied)
        return False

    write_histories(database_url, [JOURNEY] * 2, 14)
    async with projecting(database_url) as projector:
        await projector.catch_up()
    before = await everything(database_url)
    report = await rebuild(database_url, faulty, Options(switch=refuse))
    assert not report.switched
    (found,) = heard
    assert found.streams == found.new == len(before["novels"])
    assert {one.event for one in found.samples} == {"GenesisCompleted version 1"}
    assert all("ZeroDivisionError" in one.error and not one.newer for one in found.samples)
    assert await everything(database_url) == before


def _fails(*_: Any) -> Any:
    raise ZeroDivisionError


async def test_unknown_newer_and_missing_events_are_counted_before_the_switch(database_url: str) -> None:
    histories = [list(JOURNEY) for _ in range(6)]
    histories[1][7] = ("ComesFromTheFuture", 1, "{}")
    histories[2][5] = (histories[2][5][0], 99, histories[2][5][2])
    histories[3][9] = (histories[3][9][0], 1, '{"occurred_at": "not a time"}')
    sessions = write_histories(database_url, histories, 15)
    with psycopg.connect(database_url) as connection:  # a hole: what no user can make
        connection.execute("ALTER TABLE domain_events DISABLE TRIGGER USER")
        gone = (str(sessions[4]),)
        connection.execute("DELETE FROM domain_events WHERE aggregate_id = %s AND aggregate_version = 11", gone)
    found = (await verify(database_url, GENESIS_SESSION)).comparison.unapplied
    told = {one.stream_id: one for one in found.samples}
    assert {sessions.index(stream): one.version for stream, one in told.items()} == {1: 8, 2: 6, 3: 10, 4: 12}
    assert [told[sessions[number]].newer for number in (1, 2, 3, 4)] == [True, True, False, False]
    length = len(JOURNEY)
    assert found.events == (length - 7) + (length - 5) + (length - 9) + (length - 11)
    assert found.streams == found.new == 4
