"""Looks where else in the database an event has left its mark: in the inbox, in the outbox, in the read side's heads.

A chain shows nothing of events that are gone from its end, or of a stream that is gone as a whole; these do. Who takes
them away there as well is not seen (docs/decisions/0025).
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from psycopg import Connection

from infrastructure.event_store.chain_walk import Fault

_SHORT = b"""
WITH seen AS (
    SELECT session_id::text AS stream, max((response ->> 'version')::bigint) AS version, 'the inbox' AS by
    FROM command_inbox
    WHERE response ->> 'version' ~ '^[0-9]{1,9}$' AND (%(stream)s::uuid IS NULL OR session_id = %(stream)s)
    GROUP BY session_id
    UNION ALL
    SELECT stream_id::text, max(stream_version), 'the read side' FROM stream_heads
    WHERE %(stream)s::uuid IS NULL OR stream_id = %(stream)s
    GROUP BY stream_id
)
SELECT DISTINCT ON (seen.stream) seen.stream, coalesce(log.version, 0), seen.version, seen.by
FROM seen LEFT JOIN LATERAL (
    SELECT aggregate_version AS version FROM domain_events WHERE aggregate_id = seen.stream
    ORDER BY aggregate_version DESC LIMIT 1) AS log ON true
WHERE coalesce(log.version, 0) < seen.version
ORDER BY seen.stream, seen.version DESC
"""

_SENT = b"""
SELECT o.partition_key, o.id, o.position, coalesce(o.headers ->> 'ce_sequence', '0')
FROM event_outbox AS o LEFT JOIN domain_events AS e ON e.event_id = o.id AND e.id = o.position
WHERE e.id IS NULL AND o.position >= %(first)s AND (%(stream)s::uuid IS NULL OR o.partition_key = %(stream)s::text)
ORDER BY o.position
"""

_ASKED = b"""
SELECT e.aggregate_id, e.aggregate_version, e.event_id, e.id
FROM domain_events AS e LEFT JOIN command_inbox AS c ON c.id = e.causation_id
WHERE c.id IS NULL AND e.id >= %(first)s AND (%(stream)s::uuid IS NULL OR e.aggregate_id = %(stream)s::text)
ORDER BY e.id
"""


def witnessed(connection: Connection[Any], stream: UUID | None, first: int) -> Iterator[Fault]:
    """What the rest of the database knows otherwise, of all streams or one, from position `first` on."""
    asked = {"stream": stream, "first": first}
    for name, has, version, by in connection.execute(_SHORT, asked, prepare=False):
        missing = f"version {version} is" if version == has + 1 else f"versions {has + 1} to {version} are"
        yield Fault(
            name, has + 1, None, None, f"{missing} missing at the stream's end: {by} has seen version {version}"
        )
    for name, event_id, position, version in connection.execute(_SENT, asked, prepare=False):
        number = int(version) if str(version).isascii() and str(version).isdigit() else 0
        yield Fault(name, number, event_id, position, "is missing, or lies elsewhere: the outbox has its message")
    for name, version, event_id, position in connection.execute(_ASKED, asked, prepare=False):
        yield Fault(name, version, event_id, position, "was written by no command: the inbox has none for it")
