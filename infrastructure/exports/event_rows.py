"""Reads the rows of the events' table from the log: in commit order, up to a fixed end, a bounded stretch at a time."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from psycopg import AsyncConnection

from infrastructure.event_store.codec import canonical, read_json
from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.exports.conditions import conditions
from infrastructure.exports.payload_values import LONG_NUMBER, values_of, values_of_all
from infrastructure.exports.redaction import Redactor
from infrastructure.exports.selection import Selection
from infrastructure.exports.tables import EVENTS, SEPARATOR

EVENTS_AT_ONCE = 4_000
BYTES_AT_ONCE = 8 * 1024 * 1024
"""A stretch ends after so many events, or so many bytes of payloads as they lie in the table (compressed)."""

_OWNERS_KEPT = 50_000

Read = tuple[str, str, str, str, str, str]
"""An event as the server says it: `_PARTS`."""

_MICROSECONDS = "(extract(epoch FROM e.created_at) * 1000000)::bigint"

# The parts of a row that the server makes, one text each: a value for each column would cost more to hand over than to
# make. What stands between them comes from the payload, and from the stream's first event.
_PARTS = (
    ("e.aggregate_id",),
    ("e.id", _MICROSECONDS, "e.aggregate_version", "e.event_version", "e.event_id", "e.aggregate_id"),
    ("e.payload_hash",),
    ("e.aggregate_type", "e.event_type", "e.metadata", "e.correlation_id", "e.causation_id"),
    ("encode(e.payload_salt, 'hex')", "encode(e.chain, 'hex')", "e.tx_id"),
    ("e.payload",),
)

_LINE, _PAYLOAD_LINE = "\x02", "\n"
"""Between the events in a part, and in that of the payloads. JSON escapes both, ids and names have neither."""

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
    """Some events after each other, as they were read; none: there are no more. `payloads`: theirs, a line each.
    `streams`: of each stream, whose it is and whether its events are salted. `after`: where the next stretch begins."""

    read: Sequence[Read]
    payloads: str
    streams: Mapping[str, tuple[str, bool]]
    after: Checkpoint


class EventRows:
    """The rows that `selection` takes of the log up to `until`. Says the same whenever it is asked."""

    table = EVENTS

    def __init__(self, selection: Selection, until: Checkpoint, redactor: Redactor) -> None:
        self.until = until
        self._redactor = redactor
        self._owners: OrderedDict[str, tuple[str, bool]] = OrderedDict()
        where, self._parameters = conditions(selection)
        self._parameters |= {"tx": str(until.tx_id), "position": until.position}
        # streams are few: sorted, or the planner would walk the whole log in its order to find them
        order = "ROW(tx_id, id)" if selection.sessions or selection.accounts else "tx_id, id"
        parts = ", ".join(
            f"concat_ws(E'{SEPARATOR}', {', '.join(map(_always, part))}) AS part_{number}"
            for number, part in enumerate(_PARTS)
        )
        lines = [_LINE] * (len(_PARTS) - 1) + [_PAYLOAD_LINE]
        together = ", ".join(f"string_agg(part_{number}, E'{line}')" for number, line in enumerate(lines))
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
            return Stretch((), "", {}, after)
        texts: list[str] = list(row[1:])
        parts = [text.split(_LINE) for text in texts[:-1]]
        read: list[Read] = list(zip(*parts, texts[-1].split(_PAYLOAD_LINE), strict=True))
        streams = await self._streams_of(connection, {row[0] for row in read})
        position, tx_id = read[-1][1].partition(SEPARATOR)[0], read[-1][4].rpartition(SEPARATOR)[2]
        return Stretch(read, texts[-1], streams, Checkpoint(int(tx_id), int(position)))

    def rows(self, stretch: Stretch) -> list[str]:
        """The rows of a stretch. It takes the processor, and nothing else: for a thread."""
        if not self._redactor.with_text:
            return [self._short(read, *stretch.streams.get(read[0], ("", False))) for read in stretch.read]
        owners = {stream: owner for stream, (owner, _) in stretch.streams.items()}
        return [
            SEPARATOR.join((head, commitment, facts, proof, owners.get(stream, ""), values, payload))
            for (stream, head, commitment, facts, proof, payload), values in zip(
                stretch.read, values_of_all(stretch.payloads), strict=True
            )
        ]

    def _short(self, read: Read, owner: str, salted: bool) -> str:
        """A row without texts. Its proof has no salt, and nothing at all that a short text could be guessed from: the
        commitments of unsalted payloads, and the chain, which is made of them and of ids that may be pseudonyms here.
        """
        _, head, commitment, facts, proof, text = read
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


def _always(column: str) -> str:
    """concat_ws leaves NULL out: there has to be a value, or its place is lost."""
    return f"coalesce(({column})::text, '')"


def _as_text(payload: dict[str, Any], stored: str, redactor: Redactor) -> str:
    """JSON text; integers of more than 64 bits are read again, with all their digits."""
    if LONG_NUMBER.search(stored):
        return canonical(redactor.payload(read_json(stored))).decode()
    return orjson.dumps(payload).decode()
