"""The bus on Apache Kafka. The client has no asyncio interface, so its blocking calls run in threads."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import orjson
import structlog
from genesis_types.envelope import ForeignMessage, Message, parse
from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import (
    AuthorizationError,
    CorruptRecordError,
    InvalidTimestampError,
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
)

from infrastructure.bus_errors import BusUnreachable
from infrastructure.outbox import OutboxRow

ACK_SECONDS = 20.0
_BLOCK_SECONDS = 5.0
BATCH = 200

# what is wrong with one message, and stays wrong however often it is sent
_ITS_OWN = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    CorruptRecordError,
    InvalidTimestampError,
    InvalidTopicError,
    PolicyViolationError,
    AuthorizationError,
    TypeError,
    ValueError,
)
_UNTRIED = ""
"""The reason of a message that waits behind one of its own session that failed: not its fault, so not counted."""

log = structlog.get_logger(__name__)


class KafkaPublisher:
    """One long-lived idempotent producer; dropped, with what it still buffers, when the broker cannot be reached."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._producer: Any = None

    async def publish(self, rows: Sequence[OutboxRow]) -> Mapping[UUID, str]:
        return await asyncio.to_thread(self._publish, rows)

    async def close(self) -> None:
        await asyncio.to_thread(self._drop, 2.0)

    def _publish(self, rows: Sequence[OutboxRow]) -> dict[UUID, str]:
        try:
            return self._send(rows)
        except (KafkaError, OSError) as error:
            self._drop(0)  # what it buffers would come late, behind what a new producer sends again
            raise BusUnreachable(type(error).__name__) from error

    def _send(self, rows: Sequence[OutboxRow]) -> dict[UUID, str]:
        producer = self._connected()
        failures: dict[UUID, str] = {}
        held: set[str] = set()
        sent: list[tuple[OutboxRow, Any]] = []
        for row in rows:
            if row.partition_key in held:
                failures[row.id] = _UNTRIED
                continue
            try:
                future = producer.send(
                    row.topic,
                    value=orjson.dumps(row.payload),
                    key=row.partition_key.encode(),
                    headers=[(name, value.encode()) for name, value in row.headers.items()],
                )
            except _ITS_OWN as error:
                failures[row.id] = type(error).__name__
                held.add(row.partition_key)
            else:
                sent.append((row, future))
        for row, future in sent:
            try:
                future.get(timeout=ACK_SECONDS)
            except _ITS_OWN as error:
                failures[row.id] = type(error).__name__
        return failures

    def _connected(self) -> Any:
        if self._producer is None:
            self._producer = KafkaProducer(
                bootstrap_servers=self._bootstrap.split(","),
                client_id="genesis-relay",
                acks="all",
                enable_idempotence=True,
                linger_ms=0,
                max_block_ms=int(_BLOCK_SECONDS * 1000),
                bootstrap_timeout_ms=int(_BLOCK_SECONDS * 1000),
                request_timeout_ms=10_000,
                delivery_timeout_ms=15_000,
                reconnect_backoff_max_ms=2_000,
                metrics_enabled=False,
            )
        return self._producer

    def _drop(self, seconds: float) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(Exception):  # it is given up; whatever it says on its way out changes nothing
                producer.close(timeout=seconds)


class KafkaBusConsumer:
    """One member of a consumer group; offsets are committed by hand, after the work."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer

    @classmethod
    @asynccontextmanager
    async def opened(cls, bootstrap: str, topic: str, group: str) -> AsyncIterator["KafkaBusConsumer"]:
        """Raises BusUnreachable without a broker."""
        try:
            consumer = await asyncio.to_thread(_subscribe, bootstrap, topic, group)
        except (KafkaError, OSError) as error:
            raise BusUnreachable(type(error).__name__) from error
        try:
            yield cls(consumer)
        finally:
            with suppress(Exception):
                await asyncio.to_thread(consumer.close, autocommit=False, timeout_ms=2_000)

    async def fetch(self, timeout: float) -> list[Message]:  # noqa: ASYNC109
        try:
            found = await asyncio.to_thread(self._consumer.poll, timeout_ms=int(timeout * 1000), max_records=BATCH)
        except (KafkaError, OSError) as error:
            raise BusUnreachable(type(error).__name__) from error
        return [message for records in found.values() for record in records if (message := _message(record))]

    async def commit(self) -> None:
        try:
            await asyncio.to_thread(self._consumer.commit, timeout_ms=10_000)
        except (KafkaError, OSError, AssertionError) as error:
            raise BusUnreachable(type(error).__name__) from error


def _subscribe(bootstrap: str, topic: str, group: str) -> Any:
    return KafkaConsumer(
        topic,
        bootstrap_servers=bootstrap.split(","),
        group_id=group,
        client_id=f"genesis-{group}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        bootstrap_timeout_ms=int(_BLOCK_SECONDS * 1000),
        reconnect_backoff_max_ms=2_000,
        metrics_enabled=False,
    )


def _message(record: Any) -> Message | None:
    try:
        headers = {name: value.decode() for name, value in record.headers or ()}
        return parse(headers, orjson.loads(record.value or b""))
    except ForeignMessage as error:
        reason = str(error)
    except (orjson.JSONDecodeError, UnicodeDecodeError):
        reason = "not JSON"
    log.warning("foreign_message", partition=record.partition, offset=record.offset, error=reason)
    return None
