"""What anybody may put on a bus, on the real thing: parked with a reason, nobody stopped, nothing forged believed."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from genesis_types.envelope import Message
from kafka.admin import KafkaAdminClient
from structlog.testing import capture_logs

from domain.aggregates import AGGREGATES
from infrastructure.event_store.codec import EventCodec
from infrastructure.messaging import parked_messages
from infrastructure.messaging.inbound_record import Record
from infrastructure.messaging.parked_messages import KEPT_BYTES, ParkedMessage
from infrastructure.messaging.verified_consumer import Intake
from infrastructure.postgres.pool import Pool
from tests.support.appends import STARTED, write
from tests.support.bus import PATIENCE, Bus, Headers, by_session, received, sessions_of

HEADERS = {
    "ce_specversion": "1.0",
    "ce_id": str(uuid4()),
    "ce_type": "StageEntered",
    "ce_source": "/genesis/sessions",
    "ce_subject": str(uuid4()),
    "ce_time": "2026-03-01T09:00:00Z",
    "ce_schemaversion": "1",
    "ce_sequence": "1",
    "ce_correlationid": str(uuid4()),
    "ce_causationid": str(uuid4()),
    "content-type": "application/json",
}
FOREIGN: list[tuple[Headers, bytes]] = [
    ({}, b'{"hello": "there"}'),
    ({**HEADERS, "ce_id": "42"}, b"{}"),
    ({**HEADERS, "ce_source": "/somebody/else"}, b"{}"),
    ({**HEADERS, "ce_specversion": "2.0"}, b"{}"),
    ({**HEADERS, "ce_sequence": "0"}, b"{}"),
    ({**HEADERS, "ce_time": "yesterday"}, b"{}"),
    ({**HEADERS, "ce_subject": ""}, b"{}"),
    ({name: text for name, text in HEADERS.items() if name != "ce_causationid"}, b"{}"),
    (HEADERS, b'["secret manuscript"]'),
    (HEADERS, b"{}"),  # well made, under a key that is not its session's
]
PAIRS = [(name, text.encode()) for name, text in HEADERS.items()]


class NoText(str):
    """A header's name that a client of another language can write, and ours cannot read."""

    __slots__ = ()

    def encode(self, *_: str) -> bytes:
        return b"\xff\xfe"


ONLY_ON_A_BROKER: list[tuple[Headers, bytes]] = [
    (PAIRS, b"secret manuscript"),
    (PAIRS, b""),
    (PAIRS, b'{"text": "\xff\xfe"}'),
    (PAIRS, b"[" * 100_000),
    ([*PAIRS, ("ce_id", b"1")], b"{}"),
    ([*PAIRS, ("ce_more", b"\xff\0")], b"\0\0"),
    ([("ce_id", b"\0" * 5_000), *[("x\0", b"\0")] * 200], b"{}"),
    ([*PAIRS, (NoText("?"), b"")], b"{}"),
]


async def parked(pool: Pool) -> list[ParkedMessage]:
    async with pool.connection() as connection:
        return await parked_messages.parked(connection, limit=1_000)


async def sent(bus: Bus, session: UUID, sequence: int) -> tuple[dict[str, str], bytes]:
    """Headers and value as they left."""
    async with bus.pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT headers, payload::text FROM event_outbox"
            " WHERE partition_key = %s AND headers ->> 'ce_sequence' = %s",
            (str(session), str(sequence)),
        )
        row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1].encode()


async def until_parked(bus: Bus, consumer: Any, count: int) -> list[Message]:
    """All that is handed out until so many are parked; partitions come when they come."""
    found: list[Message] = []
    async with asyncio.timeout(PATIENCE):
        while len(await parked(bus.pool)) < count:
            found += await consumer.fetch(0.5)
            await consumer.commit()
    return found


async def test_strangers_are_parked_with_a_reason_and_stop_nothing(bus: Bus) -> None:
    strangers = FOREIGN + (ONLY_ON_A_BROKER if bus.on_kafka else [])
    for headers, value in strangers:
        await bus.strange(headers, value)
    (session,) = await sessions_of(bus, 2)
    await bus.relay()
    with capture_logs() as logs:
        async with bus.consumer("readers") as consumer:
            messages = await until_parked(bus, consumer, len(strangers))
            while len(messages) < 2:
                messages += await consumer.fetch(0.5)
            await consumer.commit()
        async with bus.consumer("readers") as successor:
            assert await successor.fetch(0.5) == []
    assert by_session(messages) == {session: [1, 2]}
    found = await parked(bus.pool)
    assert len(found) == len(strangers)
    assert {row.consumer_group for row in found} == {"readers"}
    reasons = {row.reason for row in found}
    assert {"missing or wrong: ce_id", "missing or wrong: ce_source", "missing or wrong: payload"} <= reasons
    assert "the key is not ce_subject, so its order is not kept" in reasons
    if bus.on_kafka:
        assert {"the value is no JSON in UTF-8", "a ce_ header comes twice", "a ce_ header is not UTF-8"} <= reasons
        assert any(reason.startswith("the bus's client cannot decode it") for reason in reasons)
    said = [entry for entry in logs if entry["event"] == "message_parked"]
    assert len(said) == len(strangers)
    assert "secret" not in repr(said)


async def test_only_what_the_log_confirms_is_believed(bus: Bus) -> None:
    session, other = await sessions_of(bus, 3, 1)
    headers, value = await sent(bus, session, 3)
    forgeries: list[tuple[dict[str, str], bytes, str]] = [
        ({**headers, "ce_id": str(uuid4())}, value, str(session)),  # an event that never was
        ({**headers, "ce_subject": str(other)}, value, str(other)),  # another session's
        ({**headers, "ce_sequence": "4"}, value, str(session)),
        ({**headers, "ce_type": "SessionPaused"}, value, str(session)),
        ({**headers, "ce_correlationid": str(uuid4())}, value, str(session)),
        (headers, orjson.dumps({**orjson.loads(value), "turn": 7}), str(session)),
        ({**headers, "ce_type": "Takeover"}, value, str(session)),
        ({**headers, "ce_schemaversion": "2"}, value, str(session)),
    ]
    for forged, said, key in forgeries:
        await bus.strange(forged, said, key)
    await bus.relay()
    async with bus.consumer("readers") as consumer:
        messages = await until_parked(bus, consumer, len(forgeries))
        while len(messages) < 4:
            messages += await consumer.fetch(0.5)
    assert by_session(messages) == {session: [1, 2, 3], other: [1]}
    assert {(row.code, row.reason) for row in await parked(bus.pool)} == {
        ("NOT_IN_THE_LOG", "the log holds no event of its ce_id"),
        ("FORGED", "the log says otherwise: session"),
        ("FORGED", "the log says otherwise: sequence"),
        ("FORGED", "the log says otherwise: type"),
        ("FORGED", "the log says otherwise: correlation id"),
        ("FORGED", "the log says otherwise: payload"),
        ("UNKNOWN_TYPE", "this build does not know events of its ce_type"),
        ("NEWER_VERSION", "it is in version 2, and this build reads up to 1"),
    }


class Given:
    """A bus that gives these records once, and keeps what was committed."""

    def __init__(self, *records: Record) -> None:
        self.records = list(records)
        self.commits = 0

    async def fetch(self, timeout: float) -> list[Record]:  # noqa: ASYNC109
        found, self.records = self.records, []
        return found

    async def commit(self) -> None:
        self.commits += 1


OLD = EventCodec({name: cls for name, cls in AGGREGATES.events.items() if name != "GenesisStarted"})


@pytest.fixture
async def record(store: Any, pool: Pool) -> Record:
    """One of ours, larger than what is kept of a parked value."""
    session = uuid4()
    await write(store, session, 0, (STARTED.model_copy(update={"title": "長" * KEPT_BYTES}),))
    async with pool.connection() as connection:
        cursor = await connection.execute("SELECT headers, payload::text FROM event_outbox")
        ((headers, value),) = await cursor.fetchall()
    pairs = [(name, text.encode()) for name, text in headers.items()]
    return Record("topic[0]@7", str(session).encode(), pairs, value.encode())


async def test_what_an_older_build_parked_is_taken_whole_after_an_upgrade(pool: Pool, record: Record) -> None:
    old = Given(record)
    assert await Intake(old, pool, "readers", OLD).fetch(0) == []
    assert old.commits == 1, "parked is done with"
    assert await Intake(Given(), pool, "readers", OLD).fetch(0) == [], "the same build knows no more than before"
    assert [(row.code, row.looks) for row in await parked(pool)] == [("UNKNOWN_TYPE", 1)]
    assert await Intake(Given(), pool, "others").fetch(0) == [], "another group's"
    new = Intake(Given(), pool, "readers")
    (message,) = await new.fetch(0)
    assert message.payload["title"] == "長" * KEPT_BYTES
    assert len(await parked(pool)) == 1, "until it is done"
    await new.commit()
    assert await parked(pool) == []


async def test_asked_for_another_look_it_is_taken_or_parked_again(pool: Pool, record: Record) -> None:
    no_json = Record("topic[0]@8", record.key, record.headers, b"{")
    await Intake(Given(record, no_json), pool, "readers", OLD).fetch(0)
    async with pool.connection() as connection:
        assert await parked_messages.retry(connection) == 2
    intake = Intake(Given(), pool, "readers")
    (message,) = await intake.fetch(0)
    assert message.event_type == "GenesisStarted"
    await intake.commit()
    (row,) = await parked(pool)
    assert (row.source, row.looks, row.retry_at) == ("topic[0]@8", 2, None)


async def test_what_comes_again_is_parked_once_and_handed_out_once(pool: Pool, record: Record) -> None:
    bad = Record("topic[0]@8", None, [], b"")
    intake = Intake(Given(record, bad, record), pool, "readers")
    assert len(await intake.fetch(0)) == 1
    again = Given(bad, record)
    intake._records = again
    assert await intake.fetch(0) == []
    assert again.commits == 1, "a batch without anything to do is done"
    assert len(await parked(pool)) == 1
    crashed = Intake(Given(record, bad), pool, "readers")
    assert len(await crashed.fetch(0)) == 1, "what was not done comes again"
    assert len(await parked(pool)) == 1


@pytest.mark.kafka
@pytest.mark.parametrize("bus", ["kafka"], indirect=True)
async def test_five_megabytes_are_parked_in_part(bus: Bus) -> None:
    def topic() -> None:
        admin = KafkaAdminClient(bootstrap_servers=bus.settings.kafka_bootstrap)
        configs = {"max.message.bytes": "20000000"}
        admin.create_topics(
            {bus.settings.kafka_topic: {"num_partitions": 1, "replication_factor": 1, "configs": configs}}
        )
        admin.close()

    await asyncio.to_thread(topic)
    await bus.strange(HEADERS, b'"' + b"x" * 5_000_000 + b'"', HEADERS["ce_subject"])
    (session,) = await sessions_of(bus, 2)
    await bus.relay()
    async with bus.consumer("readers") as consumer:
        assert by_session(await received(consumer, 2)) == {session: [1, 2]}
    (row,) = await parked(bus.pool)
    assert (row.size, row.event_id) == (5_000_002, UUID(HEADERS["ce_id"]))
