"""Declares the bus as a port and chooses its adapter: Kafka when a broker is configured, else PostgreSQL itself."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Protocol
from uuid import UUID

from genesis_types.envelope import Message

from application.wakeups import Hints
from infrastructure.messaging.outbox import OutboxRow
from infrastructure.messaging.postgres_bus import PostgresConsumer, PostgresPublisher
from infrastructure.messaging.verified_consumer import Intake
from infrastructure.postgres.pool import Pool
from infrastructure.settings import Settings


class Publisher(Protocol):
    """Sends messages. Order is kept per partition key. Raises messaging.errors.BusUnreachable."""

    async def publish(self, rows: Sequence[OutboxRow]) -> Mapping[UUID, str]:
        """Returns when the broker has acknowledged; what it would not take for a reason of its own, with the reason."""

    async def close(self) -> None: ...


class Consumer(Protocol):
    """One group's view of the bus: at least once, in order per session, and only what the log holds too."""

    async def fetch(self, timeout: float) -> list[Message]:  # noqa: ASYNC109  (waiting is what it does)
        """The next messages; empty after `timeout` seconds. What cannot be taken is parked, repeats are dropped."""

    async def commit(self) -> None:
        """All that was fetched is done: a restart goes on after it."""


def make_publisher(settings: Settings) -> Publisher:
    """The configured bus to send on."""
    if settings.kafka_bootstrap:
        from infrastructure.messaging.kafka_bus import KafkaPublisher  # noqa: PLC0415  (its import is for those who use it)

        return KafkaPublisher(settings.kafka_bootstrap)
    return PostgresPublisher()


@asynccontextmanager
async def make_consumer(
    settings: Settings, pool: Pool, hints: Hints, group: str, stop: asyncio.Event
) -> AsyncIterator[Consumer]:
    """The configured bus to read from, as `group`, until `stop` is set."""
    if settings.kafka_bootstrap:
        from infrastructure.messaging.kafka_bus import KafkaBusConsumer  # noqa: PLC0415

        async with KafkaBusConsumer.opened(settings.kafka_bootstrap, settings.kafka_topic, group) as records:
            yield Intake(records, pool, group)
        return
    assert settings.database_url is not None
    url = settings.database_url.get_secret_value()
    async with PostgresConsumer.opened(url, pool, hints, group, stop) as rows:
        yield Intake(rows, pool, group)
