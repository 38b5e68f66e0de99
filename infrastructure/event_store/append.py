"""The one statement that writes: inbox, events and outbox together, or nothing. Both drivers send exactly this."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson
from psycopg.errors import UniqueViolation

from application.ports import AppendFailed, CommandIdTaken, CommandTypeActive, CompletedWork, InboxRow, VersionTaken
from infrastructure.event_store.codec import EncodedEvent

AGGREGATE_TYPE = "genesis_session"

# Each part selects from the one before, so the first failure is the telling one: a replayed command surfaces as the
# inbox key. The guard on the head is needed: the stream's unique key alone would accept gaps. The events hang on the
# command's own inbox row, the first, so that a second row (the work it starts) does not write them twice.
# All parameters are text with a cast here: an integer's type would depend on its size, and make another prepared
# statement of the same text.
_STATEMENT = """
WITH head AS (
    SELECT 1 WHERE coalesce((
        SELECT aggregate_version FROM domain_events WHERE aggregate_id = $1::text
        ORDER BY aggregate_version DESC LIMIT 1), 0) = $2::int
){completed}, inbox AS (
    INSERT INTO command_inbox
        (id, session_id, user_id, command_type, request_hash, status, response, correlation_id, deadline_at)
    SELECT new.id, $1::uuid, new.user_id, new.command_type, new.request_hash, new.status, new.response,
        new.correlation_id, new.deadline_at
    FROM {source}, unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::command_status[], $8::jsonb[],
        $9::uuid[], $10::timestamptz[])
        AS new (id, user_id, command_type, request_hash, status, response, correlation_id, deadline_at)
    RETURNING id
), events AS (
    INSERT INTO domain_events
        (event_id, event_type, event_version, aggregate_type, aggregate_id, aggregate_version,
        payload, payload_hash, metadata, correlation_id, causation_id)
    SELECT new.event_id, new.event_type, new.event_version, '{aggregate_type}', $1::text, $2::int + new.n,
        new.payload, new.payload_hash, $16::jsonb, $17::uuid, $18::uuid
    FROM inbox, unnest($11::uuid[], $12::text[], $13::int[], $14::jsonb[], $15::text[])
        WITH ORDINALITY AS new (event_id, event_type, event_version, payload, payload_hash, n)
    WHERE inbox.id = ($3::uuid[])[1]
    ORDER BY new.n
    RETURNING id, event_id, aggregate_version, payload
)
INSERT INTO event_outbox (id, position, topic, partition_key, payload, headers)
SELECT event_id, id, $19::text, $1::text, payload, ($20::jsonb[])[aggregate_version - $2::int]
FROM events
RETURNING position
"""

# Ends the work that this append is the outcome of; not PROCESSING any more, or not there: nothing is written at all.
_COMPLETED = """, completed AS (
    UPDATE command_inbox SET status = $22::command_status, error_message = $23::text
    FROM head WHERE correlation_id = $21::uuid AND status = 'PROCESSING'
    RETURNING 1
)"""

APPEND = _STATEMENT.format(completed="", source="head", aggregate_type=AGGREGATE_TYPE)
APPEND_COMPLETING = _STATEMENT.format(completed=_COMPLETED, source="completed", aggregate_type=AGGREGATE_TYPE)


@dataclass(frozen=True, slots=True)
class AppendRows:
    """What one append writes, already encoded. `inbox[0]` is the command itself."""

    stream_id: str
    expected_version: int
    inbox: Sequence[InboxRow]
    events: Sequence[tuple[UUID, EncodedEvent]]
    metadata: str
    correlation_id: UUID
    causation_id: UUID
    topic: str
    completes: CompletedWork | None = None


def statement(rows: AppendRows) -> tuple[str, tuple[str | None, ...]]:
    """The SQL, with $n placeholders (raw cursors), and its parameters. It returns one row per event written."""
    inbox, events = rows.inbox, rows.events
    parameters = (
        rows.stream_id,
        str(rows.expected_version),
        _plain([str(row.command_id) for row in inbox]),
        _plain([str(row.user_id) if row.user_id else "NULL" for row in inbox]),
        _plain([row.command_type for row in inbox]),
        _quoted([row.request_hash for row in inbox]),
        _plain([row.status for row in inbox]),
        _quoted([orjson.dumps(row.response).decode() for row in inbox]),
        _plain([str(row.correlation_id) if row.correlation_id else "NULL" for row in inbox]),
        _plain([row.deadline_at.isoformat() if row.deadline_at else "NULL" for row in inbox]),
        _plain([str(event_id) for event_id, _ in events]),
        _quoted([event.event_type for _, event in events]),
        _plain([str(event.event_version) for _, event in events]),
        _quoted([event.payload for _, event in events]),
        _plain([event.payload_hash for _, event in events]),
        rows.metadata,
        str(rows.correlation_id),
        str(rows.causation_id),
        rows.topic,
        _quoted([headers(rows, version, *event) for version, event in enumerate(events, rows.expected_version + 1)]),
    )
    work = rows.completes
    if work is None:
        return APPEND, parameters
    return APPEND_COMPLETING, (*parameters, str(work.correlation_id), work.status, work.error_message)


def headers(rows: AppendRows, version: int, event_id: UUID, event: EncodedEvent) -> str:
    """CloudEvents attributes. Made here and not by the server, which took an eighth of the whole statement for it."""
    return orjson.dumps(
        {
            "ce_specversion": "1.0",
            "ce_id": event_id,
            "ce_type": event.event_type,
            "ce_source": "/genesis/sessions",
            "ce_subject": rows.stream_id,
            "ce_time": event.occurred_at or datetime.now(UTC),
            "ce_schemaversion": str(event.event_version),
            "ce_sequence": str(version),
            "ce_correlationid": rows.correlation_id,
            "ce_causationid": rows.causation_id,
            "content-type": "application/json",
        }
    ).decode()


# Array literals by hand: with the driver's list dumper one event's parameters took 129 microseconds instead of 28.
# https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO


def _plain(items: list[str]) -> str:
    """For what needs no quotes: ids, numbers, times, names of enumerations, hex, NULL."""
    return "{" + ",".join(items) + "}"


def _quoted(items: list[str]) -> str:
    return '{"' + '","'.join([item.replace("\\", "\\\\").replace('"', '\\"') for item in items]) + '"}'


_REFUSALS: dict[str, type[AppendFailed]] = {
    "command_inbox_pkey": CommandIdTaken,
    "command_inbox_one_active": CommandTypeActive,
    "domain_events_aggregate_id_aggregate_version_key": VersionTaken,
    # ids that are derived from the command's
    "command_inbox_work": CommandIdTaken,
    "domain_events_event_id_key": CommandIdTaken,
    "event_outbox_pkey": CommandIdTaken,
}


def refusal(error: UniqueViolation) -> AppendFailed | None:
    """Why nothing was written, or None for a constraint that an append has no business to hit."""
    failed = _REFUSALS.get(error.diag.constraint_name or "")
    return failed() if failed else None
