"""Reads the history of sessions out of the log: one row for every state that a session was in, and from when to when.

The states are those of the session's read table: the same `apply` folds them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, cast
from uuid import UUID

import orjson
from psycopg import AsyncConnection

from domain.genesis.events import (
    ContentEdited,
    ContradictionsFound,
    FeedbackGiven,
    GenerationFailed,
    GenesisBranched,
    ProposalsRecorded,
)
from infrastructure.event_store.log_reader import Checkpoint, read_stream
from infrastructure.exports.conditions import conditions
from infrastructure.exports.payload_values import microseconds, number
from infrastructure.exports.redaction import Redactor
from infrastructure.exports.selection import Selection
from infrastructure.exports.tables import SEPARATOR, SESSIONS, plain
from projections.engine.projection import StoredEvent
from projections.genesis.session import GENESIS_SESSION, SessionRow, apply_session

SESSIONS_AT_ONCE = 50

_NEXT = """
SELECT aggregate_id FROM domain_events
WHERE aggregate_version = 1 AND aggregate_type = 'genesis_session' AND aggregate_id > %(after)s
AND (tx_id, id) <= (%(tx)s::text::xid8, %(position)s) {conditions}
ORDER BY aggregate_id LIMIT %(limit)s
"""
_COUNT = """
SELECT count(*) FROM domain_events
WHERE aggregate_version = 1 AND aggregate_type = 'genesis_session' AND aggregate_id > %(after)s
AND (tx_id, id) <= (%(tx)s::text::xid8, %(position)s) {conditions}
"""


@dataclass(frozen=True, slots=True)
class Sessions:
    """Events of some sessions, those that could be read; `after`: the last session, None when there are no more.

    `unreadable`: sessions whose history ends early in here, because this build cannot read an event of theirs.
    """

    read: Sequence[Sequence[StoredEvent]]
    after: str | None
    unreadable: int


class SessionRows:
    """The histories of the sessions that `selection` takes, as the log had them at `until`.

    `since` and `before` say when a session was begun.
    """

    table = SESSIONS

    def __init__(self, selection: Selection, until: Checkpoint, redactor: Redactor) -> None:
        self.until = until
        self._redactor = redactor
        where, self._parameters = conditions(selection)
        self._parameters |= {"tx": str(until.tx_id), "position": until.position, "limit": SESSIONS_AT_ONCE}
        self._next, self._count = (query.format(conditions=where).encode() for query in (_NEXT, _COUNT))

    async def total(self, connection: AsyncConnection[Any], after: str) -> int:
        """How many sessions there are after `after`."""
        cursor = await connection.execute(self._count, self._parameters | {"after": after}, prepare=False)
        row = await cursor.fetchone()
        return int(row[0]) if row else 0

    async def read(self, connection: AsyncConnection[Any], after: str) -> Sessions:
        """The sessions that follow `after`, by their ids."""
        cursor = await connection.execute(self._next, self._parameters | {"after": after}, prepare=False)
        found = [row[0] for row in await cursor.fetchall()]
        read, unreadable = [], 0
        for session in found:
            events = await read_stream(connection, UUID(session), 0, self.until, GENESIS_SESSION.reads)
            readable = list(takewhile(lambda event: isinstance(event, StoredEvent), events))
            unreadable += len(readable) < len(events)
            read.append(cast(list[StoredEvent], readable))
        return Sessions(read, found[-1] if found else None, unreadable)

    def rows(self, sessions: Sessions) -> list[str]:
        """Their histories. It takes the processor, and nothing else: for a thread."""
        return [row for events in sessions.read for row in self._history(events)]

    def _history(self, events: Sequence[StoredEvent]) -> Iterator[str]:
        state: SessionRow | None = None
        sums = _Sums()
        for stored, following in zip(events, [*events[1:], None], strict=True):
            state = apply_session(state, stored, ())
            sums.add(stored.event)
            yield self._row(state, stored, following.event.occurred_at if following else None, sums)

    def _row(self, state: SessionRow, stored: StoredEvent, later: datetime | None, sums: "_Sums") -> str:
        confirmed = {stage.value: content for stage, content in state.confirmed_data.items()}
        values = (
            str(state.id),
            str(state.version),
            str(state.user_id),
            _time(stored.event.occurred_at),
            _time(later),
            type(stored.event).__name__,
            state.mode.value,
            state.status.value,
            state.current_stage.value,
            "true" if state.is_pending else "false",
            plain(state.language),
            str(state.turn),
            _time(state.started_at),
            _time(state.expires_at),
            str(state.source_session_id or ""),
            "" if state.source_version is None else str(state.source_version),
            str(state.novel_id or ""),
            str(len(confirmed)),
            str(characters(confirmed)),
            str(sums.proposals),
            str(sums.feedback),
            str(sums.edits),
            str(sums.failures),
            number(sums.cost) if sums.priced else "",
            str(sums.unpriced),
            _json(self._redactor.content(state.title)),
            _json(self._redactor.content(confirmed)),
        )
        return self._redactor.row(SEPARATOR.join(values))


@dataclass(slots=True)
class _Sums:
    """What has been counted so far. A cost that nobody knows is no 0: it is counted apart."""

    proposals: int = 0
    feedback: int = 0
    edits: int = 0
    failures: int = 0
    cost: float = 0.0
    priced: bool = False
    unpriced: int = 0

    def add(self, event: object) -> None:
        match event:
            case GenesisBranched():
                self.proposals += sum(len(record.proposals) for record in event.stages.values())
                self.feedback += sum(len(record.feedback) for record in event.stages.values())
            case ProposalsRecorded():
                self.proposals += len(event.proposals)
                self._pay(event.cost_usd)
            case ContradictionsFound():
                self._pay(event.cost_usd)
            case GenerationFailed():
                self.failures += 1
                self._pay(event.cost_usd)
            case FeedbackGiven():
                self.feedback += 1
            case ContentEdited():
                self.edits += 1
                self.proposals += 1

    def _pay(self, cost: float | None) -> None:
        if cost is None:
            self.unpriced += 1
        else:
            self.priced = True
            self.cost = round(self.cost + cost, 9)


def characters(value: Any) -> int:
    """Of all texts in something that was confirmed, ids and all."""
    match value:
        case str():
            return len(value)
        case dict():
            return sum(map(characters, value.values()))
        case list() | tuple():
            return sum(map(characters, value))
        case _:
            return 0


def _time(value: datetime | None) -> str:
    return "" if value is None else microseconds(value)


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()
