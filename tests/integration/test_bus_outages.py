"""The relay when its broker hangs, has no such topic, or the relay itself is killed or has lost its turn unawares."""

import asyncio
import gc
import logging
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from infrastructure.messaging.errors import BusUnreachable
from infrastructure.messaging.kafka_bus import KafkaPublisher
from infrastructure.postgres.pool import Pool
from infrastructure.processes import relay as process
from infrastructure.settings import Settings
from tests.support.appends import ENTERED, write
from tests.support.bus import Bus, by_session, received, sessions_of
from tests.support.kafka import Broker, BrokerMissing
from tests.support.reading import eventually
from tests.support.require import unavailable

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """The client leaves the sockets of a lost broker to the collector, and what it logs holds them."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    gc.collect()


@pytest.fixture
async def strict(tmp_path: Path, database_url: str, pool: Pool) -> AsyncIterator[tuple[Broker, Bus]]:
    """A broker that is given its topics by its keeper."""
    try:
        broker = await asyncio.to_thread(lambda: Broker(tmp_path).start())
    except BrokerMissing as missing:
        unavailable("An Apache Kafka broker", str(missing))
    broker.stop()
    broker.set(auto_create_topics_enable="false")
    await asyncio.to_thread(broker.start)
    topic = f"genesis.{uuid4().hex}"
    bus = Bus(Settings(database_url=database_url, kafka_bootstrap=broker.bootstrap, kafka_topic=topic), pool)
    yield broker, bus
    await bus.publisher.close()
    broker.stop()


async def pending(bus: Bus) -> bool:
    """Nothing went out, and nothing was counted."""
    return {row for rows in (await bus.statuses()).values() for row in rows} == {("PENDING", 0)}


async def all_sent(bus: Bus) -> bool:
    return {row for rows in (await bus.statuses()).values() for row in rows} == {("SENT", 0)}


async def test_a_relay_that_lost_its_turn_unawares_only_repeats(bus: Bus) -> None:
    """It fetched, hung, and publishes when another relay has long sent the same and newer ones."""
    one, two = await sessions_of(bus, 4, 2)
    stale = await bus.outbox.due()
    await bus.relay()
    await write(bus.store, one, 4, (ENTERED,))
    await bus.relay()
    await bus.publisher.publish(stale)
    await bus.outbox.sent([row.id for row in stale])
    await write(bus.store, one, 5, (ENTERED,))
    await bus.relay()
    async with bus.consumer("readers") as consumer:
        messages = await received(consumer, 8)
        assert await consumer.fetch(0.2) == []
    assert by_session(messages) == {one: [1, 2, 3, 4, 5, 6], two: [1, 2]}
    assert len(messages) == 8


@pytest.mark.kafka
async def test_a_broker_that_hangs_costs_only_time(
    kafka_broker: Broker, database_url: str, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = f"genesis.{uuid4().hex}"
    bus = Bus(Settings(database_url=database_url, kafka_bootstrap=kafka_broker.bootstrap, kafka_topic=topic), pool)
    (session,) = await sessions_of(bus, 1)
    await bus.relay()
    sending = asyncio.Event()
    real = KafkaPublisher.publish

    async def publish(self: KafkaPublisher, rows: object) -> object:
        sending.set()
        return await real(self, rows)  # type: ignore[arg-type]

    monkeypatch.setattr(KafkaPublisher, "publish", publish)
    kafka_broker.hang()
    try:
        during = await sessions_of(bus, 3)
        with pytest.raises(BusUnreachable):
            await bus.relay()
        stop = asyncio.Event()
        sending.clear()
        running = asyncio.create_task(process.run(bus.settings, stop))
        async with asyncio.timeout(60):
            await sending.wait()
        async with pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'genesis-relay%%'"
                " AND xact_start IS NOT NULL AND state <> 'active'"
            )
            assert await cursor.fetchone() == (0,), "no transaction waits for the broker"
        stop.set()
        async with asyncio.timeout(60):
            await running
        statuses = await bus.statuses()
        assert statuses == {session: [("SENT", 0)], during[0]: [("PENDING", 0)] * 3}
    finally:
        kafka_broker.wake()
    await bus.relay()
    async with bus.consumer("readers") as consumer:
        assert by_session(await received(consumer, 4)) == {session: [1], during[0]: [1, 2, 3]}
    await bus.publisher.close()


@pytest.mark.kafka
async def test_a_missing_topic_is_said_with_its_remedy_and_costs_only_time(strict: tuple[Broker, Bus]) -> None:
    broker, bus = strict
    (session,) = await sessions_of(bus, 3)
    with pytest.raises(BusUnreachable) as refused:
        await bus.relay()
    assert refused.value.reason == "UnknownTopicOrPartitionError"
    assert "create it" in refused.value.remedy
    assert await pending(bus)
    await asyncio.to_thread(broker.create, bus.settings.kafka_topic)
    await bus.relay()
    async with bus.consumer("readers") as consumer:
        assert by_session(await received(consumer, 3)) == {session: [1, 2, 3]}


async def test_the_standby_takes_over_from_a_relay_that_is_killed(bus: Bus) -> None:
    """Two real processes, SIGKILL for the active one; everything goes out, in order, and no retry is counted."""
    active = await _relay_process(bus)
    await eventually(lambda: _standing_in_line(bus, 1), within=30)
    standby = await _relay_process(bus)
    try:
        await eventually(lambda: _standing_in_line(bus, 2), within=30)
        made = await sessions_of(bus, 5, 5)
        active.kill()
        await active.wait()
        for session in made:
            await write(bus.store, session, 5, (ENTERED, ENTERED))
        await eventually(lambda: all_sent(bus), within=30)
        assert standby.returncode is None
        async with bus.consumer("readers") as consumer:
            assert by_session(await received(consumer, 14)) == {session: [1, 2, 3, 4, 5, 6, 7] for session in made}
    finally:
        for relay in (active, standby):
            if relay.returncode is None:
                relay.kill()
                await relay.wait()


async def _relay_process(bus: Bus) -> asyncio.subprocess.Process:
    assert bus.settings.database_url is not None
    own = {
        "GENESIS_DATABASE_URL": bus.settings.database_url.get_secret_value(),
        "GENESIS_KAFKA_TOPIC": bus.settings.kafka_topic,
        **({"GENESIS_KAFKA_BOOTSTRAP": bus.settings.kafka_bootstrap} if bus.settings.kafka_bootstrap else {}),
    }
    command = (sys.executable, "-m", "cli.process", "relay")
    return await asyncio.create_subprocess_exec(*command, env={**os.environ, **own}, cwd=Path(__file__).parents[2])


async def _standing_in_line(bus: Bus, count: int) -> bool:
    """So many relays have asked for the turn, and one of them has it."""
    async with bus.pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT count(*), count(l.pid) FROM pg_stat_activity a"
            " LEFT JOIN pg_locks l ON l.pid = a.pid AND l.locktype = 'advisory' AND l.granted"
            " WHERE a.datname = current_database() AND a.application_name = 'genesis-relay-singleton'"
        )
        return await cursor.fetchone() == (count, 1)
