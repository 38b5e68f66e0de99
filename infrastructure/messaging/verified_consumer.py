"""Between a bus and its consumer: only what the log confirms goes on, the rest is parked, repeats are dropped.

Whoever can write to a topic can write anything. So a message is believed only as far as the log holds the same event;
one statement asks it for a whole batch. The payload is compared by its hash, which stays when an event is erased.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import structlog
from genesis_types.envelope import Message

from infrastructure.event_store.codec import CODEC, EventCodec, canonical, commitment
from infrastructure.messaging import parked_messages
from infrastructure.messaging.inbound_record import FORGED, NOT_IN_THE_LOG, Record, Records, Unfit, read
from infrastructure.postgres.pool import Pool

REMEMBERED = 20_000
"""Event ids by which repeats are dropped. What is older comes again at worst: consumers' work can be repeated."""

LOOK_SECONDS = 2.0
"""Between two looks at what somebody wants to be tried again."""

_LOG = b"""
SELECT event_id, aggregate_id, aggregate_version, event_type, event_version, correlation_id, causation_id, payload_hash,
    payload_salt
FROM domain_events WHERE event_id = ANY(%s)
"""
_FIELDS = ("session", "sequence", "type", "version", "correlation id", "causation id", "payload")

log = structlog.get_logger(__name__)


class Intake:
    """A group's messages: at least once, in order per session, every one of them in the log."""

    def __init__(self, records: Records, pool: Pool, group: str, codec: EventCodec = CODEC) -> None:
        self._records = records
        self._pool = pool
        self._group = group
        self._codec = codec
        self._seen: dict[UUID, None] = {}
        self._again: list[UUID] = []
        self._upgraded = False
        self._next_look = 0.0

    async def fetch(self, timeout: float) -> list[Message]:  # noqa: ASYNC109
        if messages := await self._parked_ones():
            return messages
        records = await self._records.fetch(timeout)
        if not records:
            return []
        fit, unfit = await self._judged(records)
        if unfit:
            async with self._pool.connection() as connection:
                await parked_messages.park(connection, self._group, unfit)
            for record, why in unfit:
                log.warning("message_parked", group=self._group, source=record.source, code=why.code, reason=why.reason)
        messages = self._unseen(message for _, message in fit)
        if not messages:
            await self._records.commit()
        return messages

    async def commit(self) -> None:
        await self._records.commit()
        if self._again:
            async with self._pool.connection() as connection:
                await parked_messages.taken(connection, self._again)
            self._again = []

    async def _parked_ones(self) -> list[Message]:
        now = asyncio.get_running_loop().time()
        if now < self._next_look:
            return []
        async with self._pool.connection() as connection:
            if not self._upgraded:
                await parked_messages.take_what_this_build_reads(connection, self._group, self._codec)
                self._upgraded = True
            due = await parked_messages.due(connection, self._group)
        if not due:
            self._next_look = now + LOOK_SECONDS
            return []
        ids = {id(record): parked_id for parked_id, record in due}
        fit, unfit = await self._judged([record for _, record in due])
        if unfit:
            async with self._pool.connection() as connection:
                await parked_messages.still_unfit(connection, [(ids[id(record)], why) for record, why in unfit])
        self._again = [ids[id(record)] for record, _ in fit]
        return [message for _, message in fit]

    async def _judged(
        self, records: Sequence[Record]
    ) -> tuple[list[tuple[Record, Message]], list[tuple[Record, Unfit]]]:
        claims: list[tuple[Record, Message]] = []
        unfit: list[tuple[Record, Unfit]] = []
        for record in records:
            try:
                claims.append((record, read(record, self._codec)))
            except Unfit as why:
                unfit.append((record, why))
        facts = await self._facts([message.event_id for _, message in claims])
        fit: list[tuple[Record, Message]] = []
        for record, message in claims:
            if why_not := _contradiction(message, facts.get(message.event_id)):
                unfit.append((record, why_not))
            else:
                fit.append((record, message))
        return fit, unfit

    async def _facts(self, ids: Sequence[UUID]) -> dict[UUID, tuple[Any, ...]]:
        if not ids:
            return {}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_LOG, (list(ids),))).fetchall()
        return {row[0]: tuple(row[1:]) for row in rows}

    def _unseen(self, messages: Iterable[Message]) -> list[Message]:
        found = []
        for message in messages:
            if message.event_id not in self._seen:
                self._seen[message.event_id] = None
                found.append(message)
        while len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return found


def _contradiction(message: Message, fact: tuple[Any, ...] | None) -> Unfit | None:
    if fact is None:
        return Unfit(NOT_IN_THE_LOG, "the log holds no event of its ce_id", message.event_id)
    claim = (
        str(message.session_id),
        message.sequence,
        message.event_type,
        message.schema_version,
        message.correlation_id,
        message.causation_id,
        _commitment(message, fact[-1]),
    )
    wrong = [name for name, said, true in zip(_FIELDS, claim, fact[:-1], strict=True) if said != true]
    return Unfit(FORGED, f"the log says otherwise: {', '.join(wrong)}", message.event_id) if wrong else None


def _commitment(message: Message, salt: bytes | None) -> str:
    try:
        return commitment(canonical(message.payload), salt)
    except TypeError:  # nested deeper than we ever write
        return ""
