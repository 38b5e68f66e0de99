"""A broker that is away while 5,000 events pile up, and a group of consumers that is dealt out anew."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from genesis_types.envelope import Message

from infrastructure.messaging.errors import BusUnreachable
from infrastructure.postgres.pool import Pool
from infrastructure.processes import relay as process
from infrastructure.settings import Settings
from tests.support.appends import ENTERED, write
from tests.support.bus import Bus, by_session, received, sessions_of
from tests.support.kafka import Broker
from tests.support.reading import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")]

SESSIONS, APPENDS, EVENTS = 10, 10, 50


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """The client leaves the sockets of a lost broker to the collector, and what it logs holds them."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    gc.collect()


@asynccontextmanager
async def relaying(bus: Bus) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(process.run(bus.settings, stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def left(bus: Bus) -> set[tuple[str, int]]:
    """The states that rows are in: (status, retries)."""
    return {row for rows in (await bus.statuses()).values() for row in rows}


async def test_five_thousand_events_of_an_outage_drain_in_order_and_none_is_dead(
    kafka_broker: Broker, database_url: str, pool: Pool
) -> None:
    topic = f"genesis.{uuid4().hex}"
    bus = Bus(Settings(database_url=database_url, kafka_bootstrap=kafka_broker.bootstrap, kafka_topic=topic), pool)
    made = await sessions_of(bus, *[1] * SESSIONS)
    async with relaying(bus):
        await eventually(lambda: _is(bus, {("SENT", 0)}), within=30)
    kafka_broker.stop()
    try:
        async with relaying(bus):  # one relay sees the broker gone, and is restarted while it is away
            for number in range(APPENDS):
                for session in made:
                    await write(bus.store, session, 1 + number * EVENTS, (ENTERED,) * EVENTS)
        with pytest.raises(BusUnreachable):
            await bus.relay()
        assert await left(bus) == {("SENT", 0), ("PENDING", 0)}
        async with relaying(bus):
            await asyncio.to_thread(kafka_broker.start)
            await eventually(lambda: _is(bus, {("SENT", 0)}), within=60)
    finally:
        if not kafka_broker.running:
            kafka_broker.start()
    async with bus.consumer("readers") as consumer:
        messages = await received(consumer, SESSIONS * (1 + APPENDS * EVENTS))
    assert by_session(messages) == {session: list(range(1, 2 + APPENDS * EVENTS)) for session in made}


async def _is(bus: Bus, states: set[tuple[str, int]]) -> bool:
    return await left(bus) == states


@pytest.mark.parametrize("bus", ["kafka"], indirect=True)
async def test_a_second_consumer_joins_and_leaves_and_nothing_is_lost_or_out_of_order(bus: Bus) -> None:
    done: list[Message] = []
    by: dict[str, int] = {"first": 0, "second": 0}

    async def consume(name: str, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                async with bus.consumer("readers") as consumer:
                    while not stop.is_set():
                        messages = await consumer.fetch(0.3)
                        done.extend(messages)
                        by[name] += len(messages)
                        if messages:
                            await consumer.commit()
            except BusUnreachable:  # its partitions were given to another before it could commit
                continue

    made: dict[UUID, list[int]] = {}

    async def more() -> None:
        for session in await sessions_of(bus, 3, 3, 3):
            made[session] = [1, 2, 3]
        await bus.relay()

    async def all_came() -> bool:
        return by_session(done) == made

    async def until_it_works(name: str) -> None:
        before = by[name]
        async with asyncio.timeout(150):
            while by[name] == before:
                await more()
                await asyncio.sleep(0.2)

    stops = [asyncio.Event(), asyncio.Event()]
    async with asyncio.TaskGroup() as group:
        group.create_task(consume("first", stops[0]))
        await until_it_works("first")
        group.create_task(consume("second", stops[1]))
        await until_it_works("second")
        await until_it_works("first")
        stops[1].set()
        await more()
        await eventually(all_came, within=60)
        stops[0].set()
