"""Dead messages that somebody looks after while the relay works: sent again after a mend, given up, all at once."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaConnectionError

from infrastructure.messaging import dead_letters
from infrastructure.messaging.errors import BusUnreachable
from infrastructure.messaging.kafka_bus import KafkaPublisher
from infrastructure.messaging.outbox import OutboxRow
from tests.support.appends import ENTERED, STARTED, write
from tests.support.bus import Bus, Refusing, by_session, received, sessions_of

LARGE = STARTED.model_copy(update={"seed": "x" * 200_000})


async def die(bus: Bus, session: UUID, version: int) -> UUID:
    """The broker would not take that message, until it is given up; its id."""
    async with bus.pool.connection() as connection:
        await connection.execute("UPDATE event_outbox SET max_retries = 0 WHERE status = 'PENDING'")
        cursor = await connection.execute(
            "SELECT id FROM event_outbox WHERE partition_key = %s AND headers ->> 'ce_sequence' = %s",
            (str(session), str(version)),
        )
        (poison,) = await cursor.fetchone() or (None,)
    assert isinstance(poison, UUID)
    await bus.relay(Refusing(bus.publisher, poison))
    return poison


async def test_sending_again_and_giving_up_at_once_beside_two_relays_keep_the_order(bus: Bus) -> None:
    sick, healthy = await sessions_of(bus, 5, 3)
    dead = await die(bus, sick, 2)
    barrier = asyncio.Barrier(10)

    async def look_after(number: int) -> bool:
        async with bus.pool.connection() as connection:
            await barrier.wait()
            if number % 2:
                return await dead_letters.discard(connection, dead, "it is in the log")
            return await dead_letters.requeue(connection, dead) == 1

    async def relay() -> bool:
        await barrier.wait()
        await bus.relay()
        return False

    done = await asyncio.gather(*(look_after(number) for number in range(6)), *(relay() for _ in range(4)))
    await write(bus.store, healthy, 3, (ENTERED,))
    await bus.relay()
    async with bus.pool.connection() as connection:
        given_up = [row.id for row in await dead_letters.discarded(connection)]
        assert await dead_letters.letters(connection) == []
    assert sum(done) == 1, "one of them found it dead"
    assert given_up in ([], [dead])
    versions = [1, 3, 4, 5] if given_up else [1, 2, 3, 4, 5]
    async with bus.consumer("readers") as consumer:
        assert by_session(await received(consumer, len(versions) + 4)) == {sick: versions, healthy: [1, 2, 3, 4]}


@pytest.mark.kafka
@pytest.mark.parametrize("bus", ["kafka"], indirect=True)
async def test_what_was_too_large_goes_out_in_its_place_once_the_broker_takes_it(bus: Bus) -> None:
    def configure(**config: str) -> None:
        admin = KafkaAdminClient(bootstrap_servers=bus.settings.kafka_bootstrap)
        try:
            if not config:
                limit = {"max.message.bytes": "100000"}
                admin.create_topics(
                    {bus.settings.kafka_topic: {"num_partitions": 1, "replication_factor": 1, "configs": limit}}
                )
            else:
                named = {name.replace("_", "."): value for name, value in config.items()}
                admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, bus.settings.kafka_topic, configs=named)])
        finally:
            admin.close()

    await asyncio.to_thread(configure)
    sick = uuid4()
    await write(bus.store, sick, 0, (STARTED, LARGE, ENTERED, ENTERED))
    (healthy,) = await sessions_of(bus, 2)
    async with bus.pool.connection() as connection:
        await connection.execute("UPDATE event_outbox SET max_retries = 1")
    await bus.relay()
    await bus.time_passes()
    await bus.relay()
    assert await bus.statuses() == {
        sick: [("SENT", 0), ("DEAD", 2), ("PENDING", 0), ("PENDING", 0)],
        healthy: [("SENT", 0)] * 2,
    }
    await asyncio.to_thread(configure, max_message_bytes="1000000")
    async with bus.pool.connection() as connection:
        assert await dead_letters.requeue(connection) == 1
        assert await dead_letters.requeue(connection) == 0
    await bus.relay()
    async with bus.consumer("readers") as consumer:
        assert by_session(await received(consumer, 6)) == {sick: [1, 2, 3, 4], healthy: [1, 2]}


@pytest.mark.kafka
@pytest.mark.parametrize("bus", ["kafka"], indirect=True)
async def test_an_outage_that_begins_behind_a_bad_message_counts_for_nobody(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first wave finds the message too large; at the next the broker is gone."""
    sick, healthy = uuid4(), uuid4()
    await write(bus.store, sick, 0, (STARTED.model_copy(update={"seed": "x" * 2_000_000}), ENTERED))
    await write(bus.store, healthy, 0, (STARTED, ENTERED, ENTERED))
    async with bus.pool.connection() as connection:
        await connection.execute("UPDATE event_outbox SET max_retries = 1")
    real = KafkaPublisher._send_wave
    waves: list[Sequence[OutboxRow]] = []

    def gone_at_the_second(self: KafkaPublisher, wave: Sequence[OutboxRow]) -> Any:
        if {row.headers["ce_sequence"] for row in wave} == {"2"}:
            waves.append(wave)
            raise KafkaConnectionError("the broker is gone")
        return real(self, wave)

    monkeypatch.setattr(KafkaPublisher, "_send_wave", gone_at_the_second)
    for _ in range(5):
        with pytest.raises(BusUnreachable):
            await bus.relay()
        await bus.time_passes()
    assert len(waves) == 5
    monkeypatch.undo()
    assert {status for rows in (await bus.statuses()).values() for status in rows} == {("PENDING", 0)}
    await bus.relay()
    assert await bus.statuses() == {sick: [("PENDING", 1), ("PENDING", 0)], healthy: [("SENT", 0)] * 3}
    async with bus.consumer("readers") as consumer:
        assert by_session(await received(consumer, 3)) == {healthy: [1, 2, 3]}
