"""The same journey with a real broker as the bus, and its messages read back by a consumer that knows nothing of us."""

import json
from uuid import uuid4

import pytest
from kafka import KafkaConsumer

from tests.support.journey import WriterAtWork
from tests.support.studio import running_studio

pytestmark = [pytest.mark.kafka, pytest.mark.prefect]


def test_a_genesis_over_kafka_ends_in_a_novel_and_every_event_is_on_the_topic(kafka_bootstrap: str) -> None:
    topic = f"genesis.journey.{uuid4().hex[:8]}"
    with (
        running_studio(GENESIS_KAFKA_BOOTSTRAP=kafka_bootstrap, GENESIS_KAFKA_TOPIC=topic) as studio,
        WriterAtWork(studio.base_url, studio.token()) as writer,
    ):
        session = writer.start("guided")
        novel = writer.go_all_the_way(session)
        assert novel["session_id"] == session
        history = writer.get(f"/api/v1/genesis/{session}/events", limit=200)["items"]
        consumer = KafkaConsumer(
            topic,
            bootstrap_servers=kafka_bootstrap.split(","),
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            consumer_timeout_ms=10_000,
            metrics_enabled=False,
        )
        seen: list[tuple[int, str]] = []
        for record in consumer:
            headers = {name: value.decode() for name, value in record.headers}
            assert record.key.decode() == headers["ce_subject"] == session
            assert isinstance(json.loads(record.value), dict)
            entry = (int(headers["ce_sequence"]), headers["ce_id"])
            if entry not in seen:  # at least once
                seen.append(entry)
            if len(seen) == len(history):
                break
        consumer.close()
    assert seen == [(event["version"], event["event_id"]) for event in history]
