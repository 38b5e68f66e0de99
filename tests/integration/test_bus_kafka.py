"""The Kafka bus alone: as strangers read it, when the broker refuses, and when there is none for a while."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import orjson
import pytest
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient

from infrastructure.messaging.errors import BusUnreachable
from infrastructure.postgres.pool import Pool
from infrastructure.processes import relay as process
from infrastructure.settings import Settings
from tests.support.appends import ENTERED, STARTED, write
from tests.support.bus import Bus, by_session, received
from tests.support.kafka import Broker
from tests.support.reading import eventually

pytestmark = pytest.mark.kafka


@pytest.fixture
async def bus(kafka_bootstrap: str, database_url: str, pool: Pool) -> AsyncIterator[Bus]:
    topic = f"genesis.events.{uuid4().hex}"
    made = Bus(Settings(database_url=database_url, kafka_bootstrap=kafka_bootstrap, kafka_topic=topic), pool)
    yield made
    await made.publisher.close()


async def started(bus: Bus, length: int) -> UUID:
    session_id = uuid4()
    await write(bus.store, session_id, 0, (STARTED, *[ENTERED] * (length - 1)))
    return session_id


async def test_an_independent_consumer_reads_cloud_events(bus: Bus) -> None:
    session_id = await started(bus, 2)
    await bus.relay()

    def read() -> list[tuple[bytes, dict[str, str], object]]:
        consumer = KafkaConsumer(
            bus.settings.kafka_topic,
            bootstrap_servers=bus.settings.kafka_bootstrap,
            auto_offset_reset="earliest",
            consumer_timeout_ms=10_000,
        )
        found = []
        for record in consumer:
            headers = {name: value.decode() for name, value in record.headers}
            found.append((record.key, headers, orjson.loads(record.value)))
            if len(found) == 2:
                break
        consumer.close()
        return found

    first, second = await asyncio.to_thread(read)
    key, headers, value = first
    assert key == str(session_id).encode()
    assert value == STARTED.model_dump(mode="json")
    assert UUID(headers.pop("ce_id"))
    assert UUID(headers.pop("ce_correlationid"))
    assert UUID(headers.pop("ce_causationid"))
    assert headers == {
        "ce_specversion": "1.0",
        "ce_type": "GenesisStarted",
        "ce_source": "/genesis/sessions",
        "ce_subject": str(session_id),
        "ce_time": "2026-03-01T09:00:00Z",
        "ce_schemaversion": "1",
        "ce_sequence": "1",
        "content-type": "application/json",
    }
    assert (second[1]["ce_type"], second[1]["ce_sequence"]) == ("StageEntered", "2")


@pytest.mark.parametrize("limit", ["the producer's", "the broker's"])
async def test_nothing_goes_out_behind_a_message_that_is_too_large(bus: Bus, limit: str) -> None:
    """The producer refuses at once; the broker only when what comes behind may be on its way already."""
    size = 2_000_000
    if limit == "the broker's":
        size = 200_000
        await asyncio.to_thread(_make_topic, bus, {"max.message.bytes": "100000"})
    poisoned, healthy = uuid4(), await started(bus, 3)
    large = STARTED.model_copy(update={"seed": "x" * size})
    await write(bus.store, poisoned, 0, (STARTED, large, ENTERED, ENTERED))
    await bus.relay()
    assert await bus.statuses() == {
        healthy: [("SENT", 0)] * 3,
        poisoned: [("SENT", 0), ("PENDING", 1), ("PENDING", 0), ("PENDING", 0)],
    }
    async with bus.consumer("readers") as consumer:
        assert by_session(await received(consumer, 4)) == {healthy: [1, 2, 3], poisoned: [1]}


def _make_topic(bus: Bus, configs: dict[str, str]) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bus.settings.kafka_bootstrap)
    topic = {"num_partitions": 1, "replication_factor": 1, "configs": configs}
    admin.create_topics({bus.settings.kafka_topic: topic})
    admin.close()


@contextmanager
def outage(broker: Broker) -> Iterator[None]:
    """The broker is killed, and is there again afterwards."""
    logging.disable(logging.CRITICAL)  # what the client logs holds its sockets, which it leaves to the collector
    broker.stop()
    try:
        yield
    finally:
        broker.start()
        logging.disable(logging.NOTSET)


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
async def test_an_outage_counts_against_no_message_and_drains_in_order(
    kafka_broker: Broker, database_url: str, pool: Pool
) -> None:
    settings = Settings(
        database_url=database_url, kafka_bootstrap=kafka_broker.bootstrap, kafka_topic=f"genesis.{uuid4().hex}"
    )
    bus = Bus(settings, pool)
    before, during = await started(bus, 3), uuid4()
    await bus.relay()
    with outage(kafka_broker):
        await write(bus.store, before, 3, (ENTERED, ENTERED))
        assert await _unreachable(bus), "with a producer that was connected"
        assert await _unreachable(bus), "with a new one"
        await write(bus.store, during, 0, (STARTED, ENTERED))
        stop = asyncio.Event()
        running = asyncio.create_task(process.run(settings, stop))
        await asyncio.sleep(0.5)
        stop.set()
        async with asyncio.timeout(20):
            await running
        assert await bus.statuses() == {
            before: [("SENT", 0)] * 3 + [("PENDING", 0)] * 2,
            during: [("PENDING", 0)] * 2,
        }
    stop = asyncio.Event()
    running = asyncio.create_task(process.run(settings, stop))
    try:
        await eventually(lambda: _all_sent(bus), within=20)
        async with bus.consumer("readers") as consumer:
            assert by_session(await received(consumer, 7)) == {before: [1, 2, 3, 4, 5], during: [1, 2]}
    finally:
        stop.set()
        await running
        await bus.publisher.close()
        gc.collect()


async def _unreachable(bus: Bus) -> bool:
    try:
        await bus.relay()
    except BusUnreachable:
        return True
    return False


async def _all_sent(bus: Bus) -> bool:
    return {status for rows in (await bus.statuses()).values() for status, _ in rows} == {"SENT"}
