"""Parks messages that a consumer could not take: nothing is lost by going on, and a person can look later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

import orjson
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from infrastructure.event_store.codec import CODEC, EventCodec
from infrastructure.messaging.inbound_record import AFTER_AN_UPGRADE, Record, Unfit
from infrastructure.postgres.pool import Connection

KEPT_BYTES = 64 * 1024
"""Of a value; the rest of one of ours is in the log."""

_HEADERS, _NAME, _TEXT = 50, 100, 1_000
_SPACE = UUID("6f3c2a52-6a0f-4d6e-9a34-0c2f1f2b7c11")

_PARK = b"""
INSERT INTO bus_parked (id, consumer_group, source, event_id, code, reason, message_key, headers, value, size)
VALUES (%(id)s, %(group)s, %(source)s, %(event_id)s, %(code)s, %(reason)s, %(key)s, %(headers)s, %(value)s, %(size)s)
ON CONFLICT (id) DO NOTHING
"""
_STILL_UNFIT = b"""
UPDATE bus_parked SET code = %s, reason = %s, looks = looks + 1, retry_at = NULL WHERE id = %s
"""
# What is longer than what was kept comes whole from the log, if it is there.
_DUE = b"""
SELECT p.id, p.source, p.message_key, p.headers,
    CASE WHEN p.size = octet_length(p.value) THEN p.value
        ELSE coalesce(convert_to(e.payload::text, 'UTF8'), p.value) END AS value
FROM bus_parked p LEFT JOIN domain_events e ON e.event_id = p.event_id
WHERE p.consumer_group = %s AND p.retry_at <= clock_timestamp() ORDER BY p.created_at LIMIT 100
"""
_READABLE_NOW = b"""
UPDATE bus_parked p SET retry_at = clock_timestamp()
WHERE consumer_group = %(group)s AND code = ANY(%(codes)s) AND retry_at IS NULL
    AND (SELECT string_agg(h ->> 1, ':' ORDER BY h ->> 0) FROM jsonb_array_elements(p.headers) h
         WHERE h ->> 0 IN ('ce_type', 'ce_schemaversion')) = ANY(%(readable)s)
"""
_LIST = b"""
SELECT id, consumer_group, source, event_id, code, reason, message_key, headers, size, looks, retry_at, created_at
FROM bus_parked WHERE %(id)s::uuid IS NULL OR id = %(id)s::uuid ORDER BY created_at, id LIMIT %(limit)s
"""
_RETRY = b"UPDATE bus_parked SET retry_at = clock_timestamp() WHERE %(id)s::uuid IS NULL OR id = %(id)s::uuid"
_DISCARD = b"DELETE FROM bus_parked WHERE %(id)s::uuid IS NULL OR id = %(id)s::uuid"


@dataclass(frozen=True, slots=True)
class ParkedMessage:
    """One message that was put aside. `size` in bytes as it came; `looks`: how often somebody tried to take it."""

    id: UUID
    consumer_group: str
    source: str
    event_id: UUID | None
    code: str
    reason: str
    message_key: str | None
    headers: list[list[str]]
    size: int
    looks: int
    retry_at: datetime | None
    created_at: datetime


async def park(connection: Connection, group: str, unfit: Sequence[tuple[Record, Unfit]]) -> None:
    """Put these aside. A record that comes again, because nothing was committed, is the same row."""
    async with connection.cursor() as cursor:
        await cursor.executemany(_PARK, [_row(group, record, why) for record, why in unfit])


async def still_unfit(connection: Connection, looked_at: Sequence[tuple[UUID, Unfit]]) -> None:
    """Looked at again, and no better."""
    async with connection.cursor() as cursor:
        await cursor.executemany(_STILL_UNFIT, [(why.code, why.reason, id_) for id_, why in looked_at])


async def due(connection: Connection, group: str) -> list[tuple[UUID, Record]]:
    """What somebody wants `group` to look at again, oldest first."""
    rows = await (await connection.execute(_DUE, (group,))).fetchall()
    return [
        (
            id_,
            Record(
                source, None if key is None else key.encode(), [(name, text.encode()) for name, text in headers], value
            ),
        )
        for id_, source, key, headers, value in rows
    ]


async def take_what_this_build_reads(connection: Connection, group: str, codec: EventCodec = CODEC) -> int:
    """After an upgrade: ask for another look at what an older build did not know. How many there are."""
    readable = [f"{version}:{name}" for name, newest in codec.versions().items() for version in range(1, newest + 1)]
    found = {"group": group, "codes": list(AFTER_AN_UPGRADE), "readable": readable}
    return (await connection.execute(_READABLE_NOW, found)).rowcount


async def parked(connection: Connection, parked_id: UUID | None = None, *, limit: int = 100) -> list[ParkedMessage]:
    """The oldest `limit`, or the one of that id."""
    async with connection.cursor(row_factory=class_row(ParkedMessage)) as cursor:
        await cursor.execute(_LIST, {"id": parked_id, "limit": limit})
        return await cursor.fetchall()


async def retry(connection: Connection, parked_id: UUID | None = None) -> int:
    """Ask its consumers to look at one again, or at all. How many there are."""
    return (await connection.execute(_RETRY, {"id": parked_id})).rowcount


async def discard(connection: Connection, parked_id: UUID | None = None) -> int:
    """Forget one, or all. How many there were."""
    return (await connection.execute(_DISCARD, {"id": parked_id})).rowcount


async def taken(connection: Connection, ids: Sequence[UUID]) -> None:
    """These could be taken after all."""
    await connection.execute(b"DELETE FROM bus_parked WHERE id = ANY(%s)", (list(ids),))


def _row(group: str, record: Record, why: Unfit) -> dict[str, Any]:
    digest = sha256(record.value)
    for part in (record.key or b"", *(text for name, value in record.headers for text in (name.encode(), value))):
        digest.update(len(part).to_bytes(8) + part)
    return {
        "id": uuid5(_SPACE, f"{group} {record.source} {digest.hexdigest()}"),
        "group": group,
        "source": record.source,
        "event_id": why.event_id,
        "code": why.code,
        "reason": why.reason,
        "key": None if record.key is None else _text(record.key, _NAME),
        "headers": Jsonb(
            [[_text(name.encode(), _NAME), _text(value, _TEXT)] for name, value in record.headers[:_HEADERS]],
            dumps=orjson.dumps,
        ),
        "value": record.value[:KEPT_BYTES],
        "size": len(record.value),
    }


def _text(value: bytes, longest: int) -> str:
    """Bytes of any kind as text that PostgreSQL takes: it has no room for NUL."""
    return value[:longest].decode(errors="backslashreplace").replace("\0", "\\x00")
