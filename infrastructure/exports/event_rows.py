"""Reads the rows of the events' table from the log: in commit order, up to a fixed end, a bounded stretch at a time."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from psycopg import AsyncConnection

from infrastructure.event_store.codec import canonical, read_json
from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.exports.columns import Rows
from infrastructure.exports.conditions import conditions
from infrastructure.exports.event_columns import event_columns
from infrastructure.exports.payload_values import LONG_NUMBER, values_of, values_of_all
from infrastructure.exports.redaction import Redactor
from infrastructure.exports.selection import Selection
from infrastructure.exports.tables import EVENTS, SEPARATOR

EVENTS_AT_ONCE = 4_000
BYTES_AT_ONCE = 8 * 1024 * 1024
"""A stretch ends after so many events, or so many bytes of payloads as they lie in the table (compressed)."""

_OWNERS_KEPT = 50_000

_MICROSECONDS = "(extract(epoch FROM e.created_at) * 1000000)::bigint"

_STREAM = ("e.aggregate_id",)
_HEAD = ("e.id", _MICROSECONDS, "e.aggregate_version", "e.event_version", "e.event_id", "e.aggregate_id")
_COMMITMENT = ("e.payload_hash",)
_FACTS = ("e.aggregate_type", "e.event_type", "e.metadata", "e.correlation_id", "e.causation_id")
_PROOF = ("encode(e.payload_salt, 'hex')", "encode(e.chain, 'hex')", "e.tx_id")
_PAYLOAD = ("e.payload",)

# The parts of a row that the server makes, one text each: a value for each column would cost more to hand over than to
# make. What stands between them comes from the payload, and from the stream's first event. The last but one ends in
# the transaction, the second begins with the position.
_WITH_TEXT = (_STREAM, (*_HEAD, *_COMMITMENT, *_FACTS, *_PROOF), _PAYLOAD)
_WITHOUT_TEXT = (_STREAM, _HEAD, _COMMITMENT, _FACTS, _PROOF, _PAYLOAD)

_LINE = "\n"
"""Between the events in a part. JSON escapes it, ids and names do not have it."""

# Of payloads only as many are unpacked as the stretch takes. Each part comes as one text for all events: a row for each
# event would cost this process more to take over than all that it does with most of them.
_STRETCH = """
SELECT count(*), {together} FROM (SELECT {parts} FROM (
    SELECT *, row_number() OVER stretch AS n, sum(pg_column_size(payload)) OVER stretch AS bytes
    FROM domain_events
    WHERE (tx_id, id) > (%(after_tx)s::text::xid8, %(after)s) AND (tx_id, id) <= (%(tx)s::text::xid8, %(position)s)
    {conditions}
    WINDOW stretch AS (ORDER BY {order} ROWS UNBOUNDED PRECEDING) ORDER BY {order} LIMIT %(events)s
) AS e WHERE n = 1 OR bytes <= %(bytes)s ORDER BY e.tx_id, e.id) AS parts
"""

_OWNERS = b"""
SELECT aggregate_id, payload ->> 'user_id', payload_salt IS NOT NULL FROM domain_events
WHERE aggregate_id = ANY(%(streams)s) AND aggregate_version = 1
"""

_COUNT = """
SELECT count(*) FROM domain_events
WHERE (tx_id, id) > (%(after_tx)s::text::xid8, %(after)s) AND (tx_id, id) <= (%(tx)s::text::xid8, %(position)s)
{conditions}
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some events after each other, as the server says them: `parts` has a text for each part of a row, with a line for
    each event. `events` 0: there are no more. `streams`: of each stream, whose it is and whether its events are salted.
    `after`: where the next stretch begins."""

    parts: Sequence[str]
    events: int
    streams: Mapping[str, tuple[str, bool]]
    after: Checkpoint


class EventRows:
    """The rows that `selection` takes of the log up to `until`. Says the same whenever it is asked.

    by_column: rows with texts are wanted by column, where that can be.
    """

    table = EVENTS

    def __init__(self, selection: Selection, until: Checkpoint, redactor: Redactor, *, by_column: bool = False) -> None:
        self._by_column = by_column and redactor.with_text
        self.until = until
        self._redactor = redactor
        self._owners: OrderedDict[str, tuple[str, bool]] = OrderedDict()
        where, self._parameters = conditions(selection)
        self._parameters |= {"tx": str(until.tx_id), "position": until.position}
        # streams are few: sorted, or the planner would walk the whole log in its order to find them
        order = "ROW(tx_id, id)" if selection.sessions or selection.accounts else "tx_id, id"
        parts = ", ".join(
            f"concat_ws(E'{SEPARATOR}', {', '.join(map(_always, part))}) AS part_{number}"
            for number, part in enumerate(_WITH_TEXT if redactor.with_text else _WITHOUT_TEXT)
        )
        count = len(_WITH_TEXT if redactor.with_text else _WITHOUT_TEXT)
        together = ", ".join(f"string_agg(part_{number}, E'{_LINE}')" for number in range(count))
        self._stretch = _STRETCH.format(parts=parts, together=together, conditions=where, order=order).encode()
        self._count = _COUNT.format(conditions=where).encode()

    async def total(self, connection: AsyncConnection[Any], after: Checkpoint) -> int:
        """How many rows there are after `after`."""
        parameters = self._parameters | {"after_tx": str(after.tx_id), "after": after.position}
        row = await (await connection.execute(self._count, parameters, prepare=False)).fetchone()
        return int(row[0]) if row else 0

    async def read(self, connection: AsyncConnection[Any], after: Checkpoint) -> Stretch:
        """What follows `after`, as the server says it: `rows` makes rows of it."""
        parameters = self._parameters | {
            "after_tx": str(after.tx_id),
            "after": after.position,
            "events": EVENTS_AT_ONCE,
            "bytes": BYTES_AT_ONCE,
        }
        row = await (await connection.execute(self._stretch, parameters, prepare=False)).fetchone()
        if row is None or not row[0]:
            return Stretch((), 0, {}, after)
        parts: list[str] = list(row[1:])
        streams = await self._streams_of(connection, set(parts[0].split(_LINE)))
        position, tx_id = _last(parts[1])[0], _last(parts[-2])[-1]
        return Stretch(parts, row[0], streams, Checkpoint(int(tx_id), int(position)))

    def rows(self, stretch: Stretch) -> Rows:
        """The rows of a stretch. It takes the processor, and nothing else: for a thread."""
        if not self._redactor.with_text:
            parts = zip(*(part.split(_LINE) for part in stretch.parts), strict=True)
            return [self._short(part, *stretch.streams.get(part[0], ("", False))) for part in parts]
        streams, lines, payloads = stretch.parts
        owners = [stretch.streams.get(stream, ("", False))[0] for stream in streams.split(_LINE)]
        if self._by_column and (columns := event_columns(lines, owners, payloads)) is not None:
            return columns
        values = values_of_all(payloads)
        return list(map(SEPARATOR.join, zip(lines.split(_LINE), owners, values, payloads.split(_LINE), strict=True)))

    def _short(self, parts: Sequence[str], owner: str, salted: bool) -> str:
        """A row without texts. Its proof has no salt, and nothing at all that a short text could be guessed from: the
        commitments of unsalted payloads, and the chain, which is made of them and of ids that may be pseudonyms here.
        """
        _, head, commitment, facts, proof, text = parts
        _, chain, tx_id = proof.split(SEPARATOR)
        if self._redactor.anonymise or not salted:
            commitment = chain = ""
        payload = orjson.loads(text)
        short = _as_text(self._redactor.payload(payload), text, self._redactor)
        row = (head, commitment, facts, "", chain, tx_id, owner, values_of(payload), short)
        return self._redactor.row(SEPARATOR.join(row))

    async def _streams_of(self, connection: AsyncConnection[Any], streams: set[str]) -> dict[str, tuple[str, bool]]:
        missing = [stream for stream in streams if stream not in self._owners]
        if missing:
            rows = await (await connection.execute(_OWNERS, {"streams": missing})).fetchall()
            self._owners.update((stream, (owner or "", salted)) for stream, owner, salted in rows)
        found = {}
        for stream in streams:
            if stream in self._owners:
                self._owners.move_to_end(stream)
                found[stream] = self._owners[stream]
        while len(self._owners) > _OWNERS_KEPT:
            self._owners.popitem(last=False)
        return found


def _last(part: str) -> list[str]:
    """The values of its last line."""
    return part[part.rfind(_LINE) + 1 :].split(SEPARATOR)


def _always(column: str) -> str:
    """concat_ws leaves NULL out: there has to be a value, or its place is lost."""
    return f"coalesce(({column})::text, '')"


def _as_text(payload: dict[str, Any], stored: str, redactor: Redactor) -> str:
    """JSON text; integers of more than 64 bits are read again, with all their digits."""
    if LONG_NUMBER.search(stored):
        return canonical(redactor.payload(read_json(stored))).decode()
    return orjson.dumps(payload).decode()
