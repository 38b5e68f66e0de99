"""The relay: outbox to bus, in order per session, beside the same broker with a bare producer."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import orjson
import psycopg
import uvloop
from kafka import KafkaProducer

from benchmarks.floor import Row, figure, interleaved, left_out, server, show
from infrastructure.messaging.bus import Publisher
from infrastructure.messaging.kafka_bus import KafkaPublisher
from infrastructure.messaging.outbox import Outbox
from infrastructure.messaging.postgres_bus import PostgresPublisher
from infrastructure.postgres.pool import make_pool, opened
from infrastructure.processes.relay import Relay
from infrastructure.redis.wakeups import NoHints
from tests.support.kafka import Broker, BrokerMissing

SESSIONS = 200
_PAYLOAD = orjson.dumps({"occurred_at": "2026-03-01T09:00:00Z", "text": "The tide came in early that year. " * 28})

# A backlog: about 1 kB each, the sessions' messages in turns, as an outage of the broker leaves them.
_FILL = """
INSERT INTO event_outbox (id, position, topic, partition_key, payload, headers)
SELECT gen_random_uuid(), n, %(topic)s, md5((n %% %(sessions)s)::text)::uuid::text, %(payload)s::jsonb,
    jsonb_build_object('ce_specversion', '1.0', 'ce_id', gen_random_uuid(), 'ce_type', 'ContentEdited',
        'ce_source', '/genesis/sessions', 'ce_subject', md5((n %% %(sessions)s)::text)::uuid,
        'ce_time', '2026-03-01T09:00:00Z', 'ce_schemaversion', '1', 'ce_sequence', (n / %(sessions)s + 1)::text,
        'ce_correlationid', gen_random_uuid(), 'ce_causationid', gen_random_uuid(), 'content-type', 'application/json')
FROM generate_series(1, %(messages)s) AS n
"""


def fill(url: str, messages: int, sessions: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE event_outbox")
        connection.execute(
            _FILL,
            {"topic": "bench", "sessions": sessions, "payload": _PAYLOAD.decode(), "messages": messages},
        )
        connection.execute("VACUUM ANALYZE event_outbox")


def relayed(url: str, publisher: Publisher, messages: int, sessions: int = SESSIONS) -> float:
    """Messages a second from a backlog that is marked SENT at the end."""
    fill(url, messages, sessions)

    async def drain() -> float:
        async with opened(make_pool(url, "bench", min_size=1, max_size=2)) as pool:
            relay = Relay(Outbox(pool), publisher, NoHints())
            began = time.perf_counter()
            while await relay.step():
                continue
            return messages / (time.perf_counter() - began)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(drain())


def produced(bootstrap: str, messages: int) -> float:
    """Messages a second of the client alone: same size, same keys, everything in flight at once, then acknowledged."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, metrics_enabled=False)
    producer.send("bench", value=_PAYLOAD, key=b"warm").get(timeout=20)
    keys = [str(uuid4()).encode() for _ in range(SESSIONS)]
    headers = [(f"ce_header{n}", str(uuid4()).encode()) for n in range(11)]
    began = time.perf_counter()
    futures = [producer.send("bench", value=_PAYLOAD, key=keys[n % SESSIONS], headers=headers) for n in range(messages)]
    for future in futures:
        future.get(timeout=60)
    took = time.perf_counter() - began
    producer.close(timeout=5)
    return messages / took


def run(quick: bool) -> list[Row]:
    rounds, messages = (1, 2_000) if quick else (5, 10_000)
    with server() as cluster, cluster.database() as url, tempfile.TemporaryDirectory(prefix="genesis-kafka-") as folder:
        on_postgres = interleaved(
            rounds, {"relay": lambda: relayed(url, PostgresPublisher(), messages)}, "PostgreSQL bus"
        )
        rows = [figure("relay to the PostgreSQL bus", on_postgres["relay"], "events/s")]
        try:
            broker = Broker(Path(folder)).start()
        except BrokerMissing as missing:
            return [*rows, left_out("relay to Kafka", str(missing), ">= 0.5")]
        publisher = KafkaPublisher(broker.bootstrap)
        try:
            return [*rows, *_on_kafka(url, broker.bootstrap, publisher, rounds, messages)]
        finally:
            asyncio.run(publisher.close())
            broker.stop()


def _on_kafka(url: str, bootstrap: str, publisher: Publisher, rounds: int, messages: int) -> Sequence[Row]:
    single = messages // 10
    measured = interleaved(
        rounds,
        {
            "producer": lambda: produced(bootstrap, messages),
            "relay": lambda: relayed(url, publisher, messages),
            "single": lambda: relayed(url, publisher, single, sessions=1),
        },
        "Kafka",
    )
    beside = f"relay to Kafka, {SESSIONS} sessions (floor: the bare producer)"
    alone = "relay to Kafka, one session, one at a time (floor: the bare producer)"
    return [
        measured.beside(beside, "events/s", "relay", "producer", bar=">= 0.5"),
        measured.beside(alone, "events/s", "single", "producer"),
    ]


if __name__ == "__main__":
    show("Relay", run(quick="--full" not in sys.argv))
