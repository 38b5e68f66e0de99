"""What both buses promise, on the real thing: order per session, at least once, and no stranger stops it."""

import asyncio
from typing import Any
from uuid import uuid4

import orjson
import pytest

from infrastructure.processes import relay as process
from tests.support.appends import ENTERED, STARTED, write
from tests.support.bus import Bus, Refusing, by_session, received, sessions_of


async def test_messages_are_what_was_appended_in_order_per_session(bus: Bus) -> None:
    made = await sessions_of(bus, 5, 3, 4)
    await bus.relay()
    async with bus.consumer("readers") as consumer:
        messages = await received(consumer, 12)
    assert by_session(messages) == {made[0]: [1, 2, 3, 4, 5], made[1]: [1, 2, 3], made[2]: [1, 2, 3, 4]}
    assert len(messages) == 12
    async with bus.pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT event_id, event_type, event_version, aggregate_id::uuid, aggregate_version,"
            " (payload ->> 'occurred_at')::timestamptz, correlation_id, causation_id, payload FROM domain_events"
        )
        log = {row[0]: row for row in await cursor.fetchall()}
    assert {message.event_id: tuple(dict(message).values()) for message in messages} == log


async def test_what_was_not_committed_comes_again_and_what_was_does_not(bus: Bus) -> None:
    (session,) = await sessions_of(bus, 3)
    await bus.relay()
    async with bus.consumer("readers") as crashing:
        assert by_session(await received(crashing, 3)) == {session: [1, 2, 3]}
    async with bus.consumer("readers") as successor:
        assert by_session(await received(successor, 3)) == {session: [1, 2, 3]}
        await successor.commit()
    await write(bus.store, session, 3, (ENTERED,))
    await bus.relay()
    async with bus.consumer("readers") as later:
        assert by_session(await received(later, 1)) == {session: [4]}
        await later.commit()
        assert await later.fetch(0.2) == []


async def test_two_groups_read_independently(bus: Bus) -> None:
    (session,) = await sessions_of(bus, 2)
    await bus.relay()
    async with bus.consumer("callbacks") as one, bus.consumer("audit") as other:
        assert by_session(await received(one, 2)) == {session: [1, 2]}
        await one.commit()
        assert by_session(await received(other, 2)) == {session: [1, 2]}


async def test_a_poisoned_message_holds_up_its_own_session_only(bus: Bus) -> None:
    poisoned, healthy = await sessions_of(bus, 4, 3)
    async with bus.pool.connection() as connection:
        await connection.execute("UPDATE event_outbox SET max_retries = 1")
        cursor = await connection.execute(
            "SELECT id FROM event_outbox WHERE partition_key = %s ORDER BY position OFFSET 1 LIMIT 1", (str(poisoned),)
        )
        (poison,) = await cursor.fetchone() or (None,)
    assert poison is not None
    refusing = Refusing(bus.publisher, poison)
    await bus.relay(refusing)
    assert await bus.statuses() == {
        poisoned: [("SENT", 0), ("PENDING", 1), ("PENDING", 0), ("PENDING", 0)],
        healthy: [("SENT", 0)] * 3,
    }
    await bus.time_passes()
    await bus.relay(refusing)
    await write(bus.store, healthy, 3, (ENTERED,))
    await write(bus.store, poisoned, 4, (ENTERED,))
    await bus.time_passes()
    await bus.relay(refusing)
    assert await bus.statuses() == {
        poisoned: [("SENT", 0), ("DEAD", 2), ("PENDING", 0), ("PENDING", 0), ("PENDING", 0)],
        healthy: [("SENT", 0)] * 4,
    }
    async with bus.consumer("readers") as consumer:
        assert by_session(await received(consumer, 5)) == {poisoned: [1], healthy: [1, 2, 3, 4]}


async def test_a_relay_killed_between_publish_and_mark_repeats_and_loses_nothing(bus: Bus) -> None:
    one, two = await sessions_of(bus, 4, 4)
    rows = await bus.outbox.due()
    await bus.publisher.publish(rows)  # and here it is killed
    await write(bus.store, one, 4, (ENTERED,))
    await bus.relay()
    async with bus.consumer("readers") as consumer:
        messages = await received(consumer, 9)
    assert by_session(messages) == {one: [1, 2, 3, 4, 5], two: [1, 2, 3, 4]}
    assert len(messages) == 9, "repeats are dropped"


@pytest.mark.parametrize("bus", ["postgres"], indirect=True)  # a broker has no transactions of ours
async def test_what_is_marked_late_is_not_lost(bus: Bus) -> None:
    """Two relays at once, as after a lost turn: the first has marked and not yet committed."""
    slow, quick = await sessions_of(bus, 1, 1)
    rows = {row.partition_key: row.id for row in await bus.outbox.due()}
    async with bus.consumer("readers") as consumer, bus.pool.connection() as late:
        async with late.transaction():
            await late.execute(
                "UPDATE event_outbox SET status = 'SENT', sent_at = now(), sent_tx = pg_current_xact_id()"
                " WHERE id = %s",
                (rows[str(slow)],),
            )
            await bus.outbox.sent([rows[str(quick)]])
            assert await consumer.fetch(0.05) == [], "nothing is read past a transaction that still runs"
        assert by_session(await received(consumer, 2)) == {slow: [1], quick: [1]}


async def test_text_of_every_kind_arrives_as_it_is(bus: Bus) -> None:
    session = uuid4()
    title = '"quotes" \\ {braces} 潮汐 🌊 \n\t NULL ' + "長" * 20_000
    await write(bus.store, session, 0, (STARTED.model_copy(update={"title": title}),))
    await bus.relay()
    async with bus.consumer("readers") as consumer:
        (message,) = await received(consumer, 1)
    assert message.payload["title"] == title
    expected: Any = STARTED.model_copy(update={"title": title}).model_dump(mode="json")
    assert orjson.loads(orjson.dumps(message.payload)) == expected


async def test_two_relays_and_a_writer_at_once_keep_the_order_and_stop_when_asked(bus: Bus) -> None:
    stop = asyncio.Event()
    relays = [asyncio.create_task(process.run(bus.settings, stop)) for _ in range(2)]
    try:
        made = await sessions_of(bus, 6, 6, 6)
        async with bus.consumer("readers") as consumer:
            messages = await received(consumer, 18)
        assert by_session(messages) == {session: [1, 2, 3, 4, 5, 6] for session in made}
        assert len(messages) == 18, "one relay works, the other stands by"
    finally:
        stop.set()
        async with asyncio.timeout(30):
            await asyncio.gather(*relays)
