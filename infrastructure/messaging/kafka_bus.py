"""Publishes to and consumes from Apache Kafka. The client has no asyncio interface: its blocking calls run in threads.

Whose fault an error is decides what it costs:
- of one message, counted towards its `max_retries`: too large (for the client or the broker), unwritable, corrupt,
  with a timestamp or a topic's name that the broker never takes, against the broker's policy;
- of the broker, costing nothing but delay, and no message: everything else. Not reachable, hanging, without a leader,
  too few replicas, a topic that is missing, no right to sign in or to write: a person mends these for all messages at
  once, and none of them would be any better for being dead.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import structlog
from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import (
    ClusterAuthorizationFailedError,
    CommitFailedError,
    CorruptRecordError,
    IllegalGenerationError,
    InvalidTimestampError,
    InvalidTopicError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RebalanceInProgressError,
    RecordListTooLargeError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
    UnknownMemberIdError,
    UnknownTopicOrPartitionError,
)

from infrastructure.messaging.errors import BusUnreachable
from infrastructure.messaging.inbound_record import Record
from infrastructure.messaging.outbox import OutboxRow

log = structlog.get_logger(__name__)

BATCH = 200
# Every blocking call ends by then, so that a process which is asked to stop can do so within 5 seconds.
_BLOCK_SECONDS = 4.0
_BLOCK_MS = int(_BLOCK_SECONDS * 1000)
_FROZEN_SECONDS = 12.0
"""Longer than a wave can take, shorter than leader_lock.HOLD: after such a gap the process must have been frozen."""

# what is wrong with one message, and stays wrong however often it is sent
_ITS_OWN = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    CorruptRecordError,
    InvalidTimestampError,
    InvalidTopicError,
    PolicyViolationError,
)
# what a person has to mend, and how
_REMEDIES: dict[type[BaseException], str] = {
    UnknownTopicOrPartitionError: "the topic does not exist: create it, or let the broker create topics",
    TopicAuthorizationFailedError: "allow this user to WRITE to the topic, to READ from it and to DESCRIBE it",
    ClusterAuthorizationFailedError: "allow this user IDEMPOTENT_WRITE on the cluster",
    SaslAuthenticationFailedError: "the broker does not know this user or password",
}
# the group is being dealt out anew, or was since this member's last poll
_DEALT_OUT = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)
_UNWRITABLE = (TypeError, ValueError, AttributeError)
_UNTRIED = ""
"""The reason of a message that waits behind one of its own session that failed: not its fault, so not counted."""


class KafkaPublisher:
    """One long-lived idempotent producer; dropped, with what it still buffers, when the broker cannot be reached."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._producer: Any = None
        self._alive_at = 0.0

    async def publish(self, rows: Sequence[OutboxRow]) -> Mapping[UUID, str]:
        return await asyncio.to_thread(self._publish, rows)

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _publish(self, rows: Sequence[OutboxRow]) -> dict[UUID, str]:
        try:
            return self._send(rows)
        except (KafkaError, OSError) as error:
            unreachable = self._unreachable(error, {row.topic for row in rows})
            self._abandon()
            raise unreachable from error
        except BaseException:
            self._abandon()
            raise

    def _unreachable(self, error: Exception, topics: set[str]) -> BusUnreachable:
        """The error with its remedy. A missing topic comes as a timeout: the broker answered, and knew of none."""
        if isinstance(error, KafkaTimeoutError) and self._producer is not None:
            known = self._producer._metadata
            answered = time.monotonic() * 1000 - known._last_successful_refresh_ms < _BLOCK_MS
            if answered and any(known.partitions_for_topic(topic) is None for topic in topics):
                error = UnknownTopicOrPartitionError()
        return BusUnreachable(type(error).__name__, _REMEDIES.get(type(error), ""))

    def _send(self, rows: Sequence[OutboxRow]) -> dict[UUID, str]:
        """Waves of one message per session: the broker may still refuse what was sent, and nothing may be behind it."""
        self._alive_at = time.monotonic()
        failures: dict[UUID, str] = {}
        waiting: dict[str, deque[OutboxRow]] = {}
        for row in rows:
            waiting.setdefault(row.partition_key, deque()).append(row)
        while waiting:
            wave = [queue.popleft() for queue in waiting.values()]
            refused = self._send_wave(wave)
            if len(wave) > 1:  # sent one by one, only the messages at fault fail
                refused = {id_: why for row in wave if row.id in refused for id_, why in self._send_wave([row]).items()}
            for row in wave:
                if row.id in refused:
                    failures[row.id] = refused[row.id]
                    failures.update((behind.id, _UNTRIED) for behind in waiting.pop(row.partition_key))
            waiting = {key: queue for key, queue in waiting.items() if queue}
        return failures

    def _send_wave(self, wave: Sequence[OutboxRow]) -> dict[UUID, str]:
        """Send together and wait. What was refused, with the error's name; it may have dragged others with it:

        a refusal by the broker ends an idempotent producer, and fails whatever it has in hand with the same error.
        A process that was frozen sends no more of its batch: another relay may have sent it, and newer ones, long ago.
        """
        before, self._alive_at = self._alive_at, time.monotonic()
        if self._alive_at - before > _FROZEN_SECONDS:
            raise BusUnreachable("Frozen", "this process stood still; it goes on when it is its turn again")
        producer = self._connected()
        refused: dict[UUID, str] = {}
        flying: list[tuple[OutboxRow, Any]] = []
        for row in wave:
            try:
                value, key = row.payload.encode(), row.partition_key.encode()
                headers = [(name, text.encode()) for name, text in row.headers.items()]
            except _UNWRITABLE as error:
                refused[row.id] = type(error).__name__
                continue
            try:
                flying.append((row, producer.send(row.topic, value=value, key=key, headers=headers)))
            except _ITS_OWN as error:
                refused[row.id] = type(error).__name__
        ended = False
        for row, future in flying:
            try:
                future.get(timeout=_BLOCK_SECONDS + 0.5)
            except _ITS_OWN as error:
                refused[row.id] = type(error).__name__
                ended = True
        if ended:
            self._abandon()
        return refused

    def _connected(self) -> Any:
        if self._producer is None:
            self._producer = KafkaProducer(
                bootstrap_servers=self._bootstrap.split(","),
                client_id="genesis-relay",
                acks="all",
                enable_idempotence=True,
                linger_ms=0,
                max_block_ms=_BLOCK_MS,
                bootstrap_timeout_ms=_BLOCK_MS,
                request_timeout_ms=_BLOCK_MS - 500,
                delivery_timeout_ms=_BLOCK_MS,
                reconnect_backoff_max_ms=1_000,
                metrics_enabled=False,
            )
        return self._producer

    def _close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(KafkaError, OSError):
                producer.close(timeout=2.0)

    def _abandon(self) -> None:
        """End the producer with what it buffers, which would come late: behind what its successor sends again.

        Its `close` waits for the buffer first, and leaves the sending thread alive when that takes too long.
        """
        producer, self._producer = self._producer, None
        if producer is not None:
            producer._sender.force_close()
            producer._sender.join(2.0)
            with suppress(KafkaError, OSError):
                producer.close(timeout=0)


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
            raise BusUnreachable(type(error).__name__, _REMEDIES.get(type(error), "")) from error
        try:
            yield cls(consumer)
        finally:
            with suppress(Exception):
                await asyncio.to_thread(consumer.close, autocommit=False, timeout_ms=2_000)

    async def fetch(self, timeout: float) -> list[Record]:  # noqa: ASYNC109
        try:
            return await asyncio.to_thread(self._poll, int(timeout * 1000))
        except (KafkaError, OSError) as error:
            raise BusUnreachable(type(error).__name__, _REMEDIES.get(type(error), "")) from error

    def _poll(self, timeout_ms: int) -> list[Record]:
        try:
            found = self._consumer.poll(timeout_ms=timeout_ms, max_records=BATCH)
        except (UnicodeDecodeError, CorruptRecordError) as error:
            return [self._step_over(type(error).__name__)]
        return [_record(record) for records in found.values() for record in records]

    def _step_over(self, error: str) -> Record:
        """A record that the client cannot decode (a header's name that is no UTF-8, say) would stop its partition
        for ever. Say where it lies, and go on behind it.

        What its writer put into the same batch is stepped over one by one too; nothing of ours is in there.
        """
        partition = self._consumer._fetcher._next_partition_records.topic_partition
        offset = self._consumer.position(partition)
        self._consumer.seek(partition, offset + 1)
        source = f"{partition.topic}[{partition.partition}]@{offset}"
        return Record(source, None, [], b"", unreadable=f"the bus's client cannot decode it: {error}")

    async def commit(self) -> None:
        """What cannot be committed because the group is dealt out anew comes again, to whoever has it then.

        To leave the group for that would have it dealt out once more: busy members would never let each other settle.
        Raises BusUnreachable.
        """
        try:
            await asyncio.to_thread(self._consumer.commit, timeout_ms=_BLOCK_MS)
        except _DEALT_OUT as error:
            log.info("bus_commit_left_out", reason=type(error).__name__)
        except (KafkaError, OSError, AssertionError) as error:
            raise BusUnreachable(type(error).__name__, _REMEDIES.get(type(error), "")) from error


def _subscribe(bootstrap: str, topic: str, group: str) -> Any:
    return KafkaConsumer(
        topic,
        bootstrap_servers=bootstrap.split(","),
        group_id=group,
        client_id=f"genesis-{group}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        bootstrap_timeout_ms=_BLOCK_MS,
        reconnect_backoff_max_ms=1_000,
        metadata_max_age_ms=30_000,
        # a member that is killed is missed after this; its client's 45 s are for larger groups
        session_timeout_ms=10_000,
        heartbeat_interval_ms=3_000,
        metrics_enabled=False,
    )


def _record(record: Any) -> Record:
    return Record(
        f"{record.topic}[{record.partition}]@{record.offset}",
        record.key,
        [(name, value or b"") for name, value in record.headers or ()],
        record.value or b"",
    )
