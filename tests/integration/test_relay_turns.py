"""Whose turn it is to relay when a process is frozen, overtaken, or beside a server with another clock."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from infrastructure.messaging.errors import BusUnreachable
from infrastructure.messaging.kafka_bus import KafkaPublisher
from infrastructure.messaging.outbox import _NEXT, OutboxRow
from infrastructure.postgres import leader_lock as turns
from infrastructure.postgres.leader_lock import Turn, singleton
from infrastructure.postgres.pool import Pool
from tests.support.appends import ENTERED, write
from tests.support.bus import Bus, by_session, received, sessions_of
from tests.support.reading import eventually

ROOT = Path(__file__).parents[2]

# A relay that is given up sooner than in earnest, so that the test need not wait so long.
RELAY = """
import runpy, sys
from infrastructure.postgres import leader_lock
leader_lock.HOLD, leader_lock._MARGIN = 4.0, 1.0
sys.argv = ["process", "relay"]
runpy.run_module("cli.process", run_name="__main__")
"""


@asynccontextmanager
async def relay_process(bus: Bus) -> AsyncIterator[asyncio.subprocess.Process]:
    assert bus.settings.database_url is not None
    own = {
        "GENESIS_DATABASE_URL": bus.settings.database_url.get_secret_value(),
        "GENESIS_KAFKA_TOPIC": bus.settings.kafka_topic,
        **({"GENESIS_KAFKA_BOOTSTRAP": bus.settings.kafka_bootstrap} if bus.settings.kafka_bootstrap else {}),
    }
    running = await asyncio.create_subprocess_exec(sys.executable, "-c", RELAY, env={**os.environ, **own}, cwd=ROOT)
    try:
        yield running
    finally:
        running.kill()
        await running.wait()


async def in_line(bus: Bus, count: int) -> bool:
    """So many relays are connected for the turn, and one of them has it."""
    return await _connections(bus) == (count, 1)


async def _connections(bus: Bus) -> tuple[int, int]:
    async with bus.pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT count(*), count(l.pid) FROM pg_stat_activity a"
            " LEFT JOIN pg_locks l ON l.pid = a.pid AND l.locktype = 'advisory' AND l.granted"
            " WHERE a.datname = current_database() AND a.application_name = 'genesis-relay-singleton'"
        )
        row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1]


async def test_the_standby_takes_over_from_a_relay_that_is_frozen_which_then_stands_by(bus: Bus) -> None:
    async def sent() -> bool:
        return {row for rows in (await bus.statuses()).values() for row in rows} == {("SENT", 0)}

    async with relay_process(bus) as active:
        await eventually(lambda: in_line(bus, 1), within=30)
        async with relay_process(bus):
            await eventually(lambda: in_line(bus, 2), within=30)
            active.send_signal(signal.SIGSTOP)
            made = await sessions_of(bus, 3, 3)
            await eventually(sent, within=30)
            active.send_signal(signal.SIGCONT)
            await eventually(lambda: in_line(bus, 2), within=30)  # it has asked anew
            for session in made:
                await write(bus.store, session, 3, (ENTERED, ENTERED))
            await eventually(sent, within=30)
            async with bus.consumer("readers") as consumer:
                assert by_session(await received(consumer, 10)) == {session: [1, 2, 3, 4, 5] for session in made}


@pytest.mark.kafka
@pytest.mark.parametrize("bus", ["kafka"], indirect=True)
async def test_a_relay_that_was_frozen_in_a_batch_sends_no_more_of_it(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    (session,) = await sessions_of(bus, 4)
    real = KafkaPublisher._send_wave
    waves: list[Sequence[OutboxRow]] = []

    def frozen_after_the_first(self: KafkaPublisher, wave: Sequence[OutboxRow]) -> Any:
        if waves:
            self._alive_at -= 60
        found = real(self, wave)
        waves.append(wave)
        return found

    monkeypatch.setattr(KafkaPublisher, "_send_wave", frozen_after_the_first)
    with pytest.raises(BusUnreachable, match="Frozen"):
        await bus.relay()
    assert [[row.headers["ce_sequence"] for row in wave] for wave in waves] == [["1"]]
    monkeypatch.undo()
    assert await bus.statuses() == {session: [("PENDING", 0)] * 4}
    await bus.relay()
    async with bus.consumer("readers") as consumer:
        assert by_session(await received(consumer, 4)) == {session: [1, 2, 3, 4]}


async def test_a_turn_is_over_when_its_connection_answers_no_more(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is silent, as behind a network that drops everything: nobody says that the lock is gone."""
    monkeypatch.setattr(turns, "_WATCH", 0.01)
    monkeypatch.setattr(turns, "HOLD", 0.3)
    monkeypatch.setattr(turns, "_MARGIN", 0.1)
    silent, asked = asyncio.Event(), asyncio.Event()
    real = psycopg.AsyncConnection.execute

    async def execute(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        if silent.is_set() and query == "SELECT 1":
            asked.set()
            await asyncio.Event().wait()
        return await real(self, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.AsyncConnection, "execute", execute)
    async with singleton(database_url, "somebody", asyncio.Event()) as turn:
        assert turn is not None
        silent.set()
        async with asyncio.timeout(20):
            await asked.wait()
            await turn.lost.wait()
        assert turn.over


def test_a_turn_is_over_for_a_process_that_was_not_awake_to_hear_it() -> None:
    assert not Turn().over
    assert Turn(valid_until=float("-inf")).over


async def test_a_server_whose_clock_went_back_holds_up_nothing(bus: Bus, pool: Pool) -> None:
    """What was written before the switch is 'scheduled' in the future of the one that answers now."""
    (session,) = await sessions_of(bus, 2)
    async with pool.connection() as connection:
        await connection.execute("UPDATE event_outbox SET scheduled_at = now() + interval '1 hour'")
    await write(bus.store, session, 2, (ENTERED,))
    await bus.relay()
    async with bus.consumer("readers") as consumer:
        assert by_session(await received(consumer, 3)) == {session: [1, 2, 3]}


async def test_two_relays_that_fail_at_one_message_count_one_try(bus: Bus, pool: Pool) -> None:
    (session,) = await sessions_of(bus, 1)
    (row,) = await bus.outbox.due()
    for _ in range(9):
        await bus.outbox.failed(row, "MessageSizeTooLargeError")
    assert await bus.statuses() == {session: [("PENDING", 1)]}


async def test_what_is_due_is_found_without_reading_the_whole_outbox(pool: Pool) -> None:
    async with pool.connection() as connection:
        await connection.execute(
            "INSERT INTO event_outbox (id, position, topic, partition_key, payload)"
            " SELECT gen_random_uuid(), n, 't', (n % 100)::text, '{}' FROM generate_series(1, 20000) AS n"
        )
        await connection.execute("ANALYZE event_outbox")
        plan = await (await connection.execute(b"EXPLAIN " + _NEXT.replace(b"%s", b"500"))).fetchall()
    assert not [line for (line,) in plan if "Seq Scan on event_outbox" in line]
