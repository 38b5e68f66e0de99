"""Both buses behind one face for the contract tests: a relay, consumers, and strangers who write on the same topic."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import orjson
from genesis_types.envelope import Message
from kafka import KafkaProducer

from infrastructure.event_store.store import PostgresEventStore
from infrastructure.messaging.bus import Consumer, Publisher, make_consumer, make_publisher
from infrastructure.messaging.outbox import Outbox, OutboxRow
from infrastructure.postgres.pool import Pool
from infrastructure.processes.relay import Relay
from infrastructure.redis.wakeups import NoHints
from infrastructure.settings import Settings
from tests.support.appends import ENTERED, STARTED, write

PATIENCE = 20.0
"""Seconds: a Kafka group needs its time to form on a busy machine."""


Headers = Mapping[str, str] | Sequence[tuple[str, bytes]]
"""Pairs say more than a mapping can: a name twice, and bytes that are no text. Only a broker takes them."""


def _pairs(headers: Headers) -> list[tuple[str, bytes]]:
    return [(name, text.encode()) for name, text in headers.items()] if isinstance(headers, Mapping) else [*headers]


@dataclass
class Bus:
    """The bus under test with a topic of its own."""

    settings: Settings
    pool: Pool
    publisher: Publisher = field(init=False)

    def __post_init__(self) -> None:
        self.publisher = make_publisher(self.settings)

    @property
    def on_kafka(self) -> bool:
        return self.settings.kafka_bootstrap is not None

    @property
    def store(self) -> PostgresEventStore:
        return PostgresEventStore(self.pool, self.settings.kafka_topic)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.pool)

    async def relay(self, publisher: Publisher | None = None) -> None:
        """Relay until nothing is due."""
        relay = Relay(self.outbox, publisher or self.publisher, NoHints())
        while await relay.step():
            continue

    @asynccontextmanager
    async def consumer(self, group: str) -> AsyncIterator[Consumer]:
        stop = asyncio.Event()
        async with make_consumer(self.settings, self.pool, NoHints(), group, stop) as consumer:
            yield consumer

    async def strange(self, headers: Headers, value: bytes, key: str = "stranger") -> None:
        """What somebody else put on the bus. On PostgreSQL it has to be JSON, and headers are text."""
        if self.on_kafka:
            await asyncio.to_thread(self._send, headers, value, key)
            return
        async with self.pool.connection() as connection:
            await connection.execute(
                "INSERT INTO event_outbox (id, position, topic, partition_key, payload, headers, status, sent_at,"
                " sent_tx) SELECT %s, coalesce(max(position), 0) + 100000, 't', %s, %s, %s, 'SENT', now(),"
                " pg_current_xact_id() FROM event_outbox",
                (
                    uuid4(),
                    key,
                    value.decode(),
                    orjson.dumps({name: text.decode() for name, text in _pairs(headers)}).decode(),
                ),
            )

    def _send(self, headers: Headers, value: bytes, key: str) -> None:
        producer = KafkaProducer(
            bootstrap_servers=self.settings.kafka_bootstrap, metrics_enabled=False, max_request_size=20_000_000
        )
        sent = producer.send(self.settings.kafka_topic, value=value, key=key.encode(), headers=_pairs(headers))
        sent.get(timeout=60)
        producer.close(timeout=2)

    async def statuses(self) -> dict[UUID, list[tuple[str, int]]]:
        """Session -> (status, retry_count) of each of its outbox rows, in order."""
        found: dict[UUID, list[tuple[str, int]]] = {}
        async with self.pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT partition_key, status::text, retry_count FROM event_outbox ORDER BY position"
            )
            for key, status, retries in await cursor.fetchall():
                found.setdefault(UUID(key), []).append((status, retries))
        return found

    async def time_passes(self) -> None:
        """Every back-off is over."""
        async with self.pool.connection() as connection:
            await connection.execute("UPDATE event_outbox SET scheduled_at = now() WHERE status = 'PENDING'")


@dataclass
class Refusing:
    """The real publisher, but the broker would not take the message `poison`. Rows behind it are held, as they must."""

    publisher: Publisher
    poison: UUID

    async def publish(self, rows: Sequence[OutboxRow]) -> Mapping[UUID, str]:
        bad = next((row for row in rows if row.id == self.poison), None)
        held = [row for row in rows if bad and row.partition_key == bad.partition_key and row.position >= bad.position]
        others = [row for row in rows if row not in held]
        failures = dict(await self.publisher.publish(others)) if others else {}
        return failures | {row.id: "MessageSizeTooLargeError" if row.id == self.poison else "" for row in held}

    async def close(self) -> None:
        await self.publisher.close()


async def sessions_of(bus: Bus, *lengths: int) -> list[UUID]:
    """Sessions with so many events, appended in turns."""
    made = [uuid4() for _ in lengths]
    for version in range(max(lengths)):
        for session_id, length in zip(made, lengths, strict=True):
            if version < length:
                await write(bus.store, session_id, version, (ENTERED if version else STARTED,))
    return made


async def received(consumer: Consumer, count: int) -> list[Message]:
    """At least `count` messages, in the order they came. TimeoutError when they do not."""
    found: list[Message] = []
    async with asyncio.timeout(PATIENCE):
        while len(found) < count:
            found += await consumer.fetch(1.0)
    return found


def by_session(messages: Sequence[Message]) -> dict[UUID, list[int]]:
    """Session -> the versions that came, in order, repeats left out."""
    found: dict[UUID, list[int]] = {}
    seen: set[UUID] = set()
    for message in messages:
        if message.event_id not in seen:
            seen.add(message.event_id)
            found.setdefault(message.session_id, []).append(message.sequence)
    return found
