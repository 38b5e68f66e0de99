"""Writes appends: inbox, events of any number of streams, and outbox in one statement. Both drivers send exactly this.

One statement takes several appends (group commit). An append whose streams have moved is left out and reported; a
unique violation, which only a race with another statement brings about, fails the whole of it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson
from psycopg.errors import UniqueViolation

from application.ports import AppendFailed, CommandIdTaken, CommandTypeActive, InboxRow, VersionTaken
from domain.aggregate import CompletedWork
from infrastructure.event_store.chain import FIRST, rest_of_link
from infrastructure.event_store.codec import EncodedEvent

# Each part waits for the one before, so the first failure is the telling one: a replayed command surfaces as the inbox
# key. The guard on the heads is needed: the streams' unique key alone would accept gaps. Rows go in in one order for
# all statements (inbox by id, events by stream), so that two of them never wait for each other; they are given in that
# order, and by ordinality the server knows it: nothing is sorted, grouped or joined.
# The last event of every stream is in the log itself, whatever of it is archived: ONLY (docs/decisions/0033).
# An event's chain is made here when the event before it was there already; of several events of one stream in one
# append those after the first cannot see it yet, their chain is NULL, and the table's trigger makes it.
# All parameters are text with a cast here: an integer's type would depend on its size, and make another prepared
# statement of the same text.
_STATEMENT = """
WITH moved AS (
    SELECT expected.append FROM unnest($1::int[], $2::text[], $3::int[]) AS expected (append, stream_id, version)
    WHERE expected.version <> coalesce((
        SELECT aggregate_version FROM ONLY domain_events WHERE aggregate_id = expected.stream_id
        ORDER BY aggregate_version DESC LIMIT 1), 0)
){completed}, inbox AS (
    INSERT INTO command_inbox
        (id, session_id, user_id, command_type, request_hash, status, response, correlation_id, deadline_at)
    SELECT new.id, new.session_id, new.user_id, new.command_type, new.request_hash, new.status, new.response,
        new.correlation_id, new.deadline_at
    FROM unnest($4::int[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::text[],
        $10::command_status[], $11::jsonb[], $12::uuid[], $13::timestamptz[]) WITH ORDINALITY
        AS new (append, id, session_id, user_id, command_type, request_hash, status, response, correlation_id,
            deadline_at, n)
    WHERE new.append <> ALL (ARRAY(SELECT append FROM moved)){and_completed}
    ORDER BY new.n
    RETURNING id
), events AS (
    INSERT INTO domain_events
        (id, created_at, event_id, event_type, event_version, aggregate_type, aggregate_id, aggregate_version,
        payload, payload_hash, payload_salt, metadata, correlation_id, causation_id, chain)
    OVERRIDING SYSTEM VALUE
    SELECT new.id, new.created_at, new.event_id, new.event_type, new.event_version, new.aggregate_type,
        new.aggregate_id, new.aggregate_version, new.payload, new.payload_hash, new.payload_salt, new.metadata,
        new.correlation_id, new.causation_id, event_chain(
            CASE new.aggregate_version WHEN 1 THEN {first}::bytea ELSE (
                SELECT chain FROM ONLY domain_events WHERE aggregate_id = new.aggregate_id
                AND aggregate_version = new.aggregate_version - 1) END,
            '\\x00000008'::bytea || int8send(new.id) || '\\x00000008'::bytea || timestamptz_send(new.created_at)
            || new.link)
    FROM (
        SELECT nextval('domain_events_id_seq') AS id, clock_timestamp() AS created_at, one.*
        FROM unnest($14::uuid[], $15::uuid[], $16::text[], $17::int[], $18::text[], $19::text[], $20::int[],
            $21::jsonb[], $22::text[], $23::bytea[], $24::jsonb[], $25::uuid[], $28::bytea[]) WITH ORDINALITY
            AS one (causation_id, event_id, event_type, event_version, aggregate_type, aggregate_id,
                aggregate_version, payload, payload_hash, payload_salt, metadata, correlation_id, link, n)
        WHERE one.causation_id = ANY (ARRAY(SELECT id FROM inbox))
        ORDER BY one.n
    ) AS new
    RETURNING id, event_id, aggregate_id, payload
)
INSERT INTO event_outbox (id, position, topic, partition_key, payload, headers)
SELECT event_id, id, $26::text, aggregate_id, payload, ($27::jsonb[])[array_position($15::uuid[], event_id)]
FROM events
RETURNING id, position
"""

# Ends the work that an append is the outcome of; not PROCESSING any more, or not there: it writes nothing at all.
_COMPLETED = """, completed AS (
    UPDATE command_inbox AS work SET status = done.status, error_message = done.error_message
    FROM unnest($29::int[], $30::uuid[], $31::command_status[], $32::text[])
        AS done (append, correlation_id, status, error_message)
    WHERE work.correlation_id = done.correlation_id AND work.status = 'PROCESSING'
        AND done.append <> ALL (ARRAY(SELECT append FROM moved))
    RETURNING done.append
)"""
_AND_COMPLETED = """
        AND (new.append <> ALL ($29::int[]) OR new.append = ANY (ARRAY(SELECT append FROM completed)))"""

_FIRST = f"'\\x{FIRST.hex()}'"
APPEND = _STATEMENT.format(completed="", and_completed="", first=_FIRST)
APPEND_COMPLETING = _STATEMENT.format(completed=_COMPLETED, and_completed=_AND_COMPLETED, first=_FIRST)


def metadata(command_type: str) -> str:
    """What is kept beside an event of the command that made it, as a jsonb column spells it: it is hashed as it is."""
    return json.dumps({"command_type": command_type}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class StreamRows:
    """The events of one stream after `expected_version`, with their ids and the CloudEvents source; maybe none."""

    aggregate_type: str
    source: str
    stream_id: str
    expected_version: int
    events: Sequence[tuple[UUID, EncodedEvent]]


@dataclass(frozen=True, slots=True)
class AppendRows:
    """What one append writes, already encoded. `inbox[0]` is the command itself. `metadata` as `metadata` spells it."""

    inbox: Sequence[InboxRow]
    streams: Sequence[StreamRows]
    metadata: str
    correlation_id: UUID
    completes: CompletedWork | None = None

    def first_event(self) -> UUID:
        """By which it is seen whether it was written."""
        return next(event_id for stream in self.streams for event_id, _ in stream.events)


def statement(appends: Sequence[AppendRows], topic: str) -> tuple[str, tuple[str, ...]]:
    """The SQL, with $n placeholders (raw cursors), and its parameters. It returns (event id, position) per event."""
    streams = [(n, stream) for n, rows in enumerate(appends) for stream in rows.streams]
    inbox = sorted(
        ((n, row) for n, rows in enumerate(appends) for row in rows.inbox), key=lambda one: one[1].command_id.int
    )
    events = [
        (rows, stream, stream.expected_version + index, event_id, event)
        for rows, stream in sorted(
            ((rows, stream) for rows in appends for stream in rows.streams), key=lambda one: one[1].stream_id
        )
        for index, (event_id, event) in enumerate(stream.events, 1)
    ]
    parameters = (
        _plain([str(n) for n, _ in streams]),
        _quoted([stream.stream_id for _, stream in streams]),
        _plain([str(stream.expected_version) for _, stream in streams]),
        _plain([str(n) for n, _ in inbox]),
        _plain([str(row.command_id) for _, row in inbox]),
        _plain([str(row.session_id) for _, row in inbox]),
        _plain([str(row.user_id) if row.user_id else "NULL" for _, row in inbox]),
        _plain([row.command_type for _, row in inbox]),
        _quoted([row.request_hash for _, row in inbox]),
        _plain([row.status for _, row in inbox]),
        _quoted([orjson.dumps(row.response).decode() for _, row in inbox]),
        _plain([str(row.correlation_id) if row.correlation_id else "NULL" for _, row in inbox]),
        _plain([row.deadline_at.isoformat() if row.deadline_at else "NULL" for _, row in inbox]),
        _plain([str(rows.inbox[0].command_id) for rows, *_ in events]),
        _plain([str(event_id) for *_, event_id, _ in events]),
        _quoted([event.event_type for *_, event in events]),
        _plain([str(event.event_version) for *_, event in events]),
        _plain([stream.aggregate_type for _, stream, *_ in events]),
        _quoted([stream.stream_id for _, stream, *_ in events]),
        _plain([str(version) for _, _, version, *_ in events]),
        _quoted([event.payload for *_, event in events]),
        _plain([event.payload_hash for *_, event in events]),
        _plain([f'"\\\\x{event.payload_salt.hex()}"' for *_, event in events]),
        _quoted([rows.metadata for rows, *_ in events]),
        _plain([str(rows.correlation_id) for rows, *_ in events]),
        topic,
        _quoted([headers(*event) for event in events]),
        _plain([f'"\\\\x{link(*event).hex()}"' for event in events]),
    )
    done = [(n, rows.completes) for n, rows in enumerate(appends) if rows.completes is not None]
    if not done:
        return APPEND, parameters
    return APPEND_COMPLETING, (
        *parameters,
        _plain([str(n) for n, _ in done]),
        _plain([str(work.correlation_id) for _, work in done]),
        _plain([work.status for _, work in done]),
        _plain([_item(work.error_message) for _, work in done]),
    )


def headers(rows: AppendRows, stream: StreamRows, version: int, event_id: UUID, event: EncodedEvent) -> str:
    """CloudEvents attributes. Made here and not by the server, which took an eighth of the whole statement for it."""
    return orjson.dumps(
        {
            "ce_specversion": "1.0",
            "ce_id": event_id,
            "ce_type": event.event_type,
            "ce_source": stream.source,
            "ce_subject": stream.stream_id,
            "ce_time": event.occurred_at or datetime.now(UTC),
            "ce_schemaversion": str(event.event_version),
            "ce_sequence": str(version),
            "ce_correlationid": rows.correlation_id,
            "ce_causationid": rows.inbox[0].command_id,
            "content-type": "application/json",
        }
    ).decode()


def link(rows: AppendRows, stream: StreamRows, version: int, event_id: UUID, event: EncodedEvent) -> bytes:
    """What of the event is known here of its link in the chain."""
    return rest_of_link(
        (version, event.event_version),
        event_id,
        (stream.stream_id, event.payload_hash, stream.aggregate_type, event.event_type, rows.metadata),
        rows.correlation_id,
        rows.inbox[0].command_id,
    )


# Array literals by hand: with the driver's list dumper one event's parameters took 129 microseconds instead of 28.
# https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO


def _plain(items: Iterable[str]) -> str:
    """For what needs no quotes: ids, numbers, times, names of enumerations, hex, NULL."""
    return "{" + ",".join(items) + "}"


def _quoted(items: Iterable[str]) -> str:
    return _plain([_item(item) for item in items])


def _item(item: str | None) -> str:
    return "NULL" if item is None else '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'


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
