"""Invariants of the way out: every event reached the bus in order, and an outage alone makes nothing dead."""

from collections import defaultdict

from kafka import KafkaConsumer, TopicPartition

from tests.chaos.evidence import Evidence, Finding

_ITS_OWN = ("MessageSizeTooLarge", "RecordListTooLarge", "CorruptRecord", "InvalidTimestamp", "InvalidTopic", "Policy")
_OF_THE_MESSAGE = (*_ITS_OWN, "TopicAuthorization", "TypeError", "ValueError", "AttributeError")
_POLL_MS = 2_000
Arrived = dict[str, list[tuple[int, str]]]
"""Session -> (version, event id) in the order of the bus."""


def bus(facts: Evidence) -> Finding:
    found = Finding("every event reached the bus at least once and in order per session")
    arrived, repeated = in_order_of_first(_from_kafka(facts) if facts.kafka else _from_outbox(facts))
    found.note = f"{'Kafka' if facts.kafka else 'PostgreSQL'}, {repeated} more than once"
    expected: Arrived = defaultdict(list)
    query = "SELECT aggregate_id, aggregate_version AS version, event_id::text FROM domain_events ORDER BY 1, 2"
    for row in facts.rows(query):
        expected[row["aggregate_id"]].append((row["version"], row["event_id"]))
    for session, events in expected.items():
        found.checked += len(events)
        came = arrived.pop(session, [])
        if came != events:
            missing = [version for version, _ in events if version not in {got for got, _ in came}]
            order = [version for version, _ in came]
            found.violations.append(f"{session}: missing {missing}, came as {order}")
    for session in arrived:
        found.look(False, f"messages of {session}, of which the log knows nothing")
    return found


def in_order_of_first(messages: list[tuple[str, int, str]]) -> tuple[Arrived, int]:
    """Each event where it came first, as a consumer that drops duplicates sees them; and how many were dropped."""
    arrived: Arrived = defaultdict(list)
    seen: set[str] = set()
    for session, version, event_id in messages:
        if event_id not in seen:
            seen.add(event_id)
            arrived[session].append((version, event_id))
    return arrived, len(messages) - len(seen)


def _from_outbox(facts: Evidence) -> list[tuple[str, int, str]]:
    rows = facts.rows(
        "SELECT partition_key, (headers->>'ce_sequence')::int AS version, id::text FROM event_outbox"
        " WHERE status = 'SENT' ORDER BY sent_tx, position"
    )
    return [(row["partition_key"], row["version"], row["id"]) for row in rows]


def _from_kafka(facts: Evidence) -> list[tuple[str, int, str]]:
    """The whole topic, by a consumer of no group that knows nothing of the studio."""
    assert facts.kafka is not None
    consumer = KafkaConsumer(
        bootstrap_servers=facts.kafka.split(","), enable_auto_commit=False, group_id=None, metrics_enabled=False
    )
    messages = []
    try:
        numbers = consumer.partitions_for_topic(facts.topic) or set()
        partitions = [TopicPartition(facts.topic, number) for number in sorted(numbers)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for records in consumer.poll(timeout_ms=_POLL_MS).values():
                for record in records:
                    head = {name: (value or b"").decode() for name, value in record.headers}
                    messages.append((record.key.decode(), int(head["ce_sequence"]), head["ce_id"]))
    finally:
        consumer.close()
    return messages


def nothing_waits(facts: Evidence) -> Finding:
    found = Finding("nothing is left in the outbox, and no outage made a dead letter")
    for row in facts.rows("SELECT id::text, status::text, retry_count, last_error FROM event_outbox"):
        its_own = row["status"] == "DEAD" and any(name in (row["last_error"] or "") for name in _OF_THE_MESSAGE)
        complaint = f"message {row['id']} is {row['status']} after {row['retry_count']} tries: {row['last_error']}"
        found.look(row["status"] == "SENT" or its_own, complaint)
    return found


CHECKS = (bus, nothing_waits)
