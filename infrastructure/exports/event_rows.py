"""Reads the rows of the events' table from the log: in commit order, up to a fixed end, a bounded stretch at a time."""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from psycopg import AsyncConnection

from infrastructure.event_store.codec import canonical, read_json
from infrastructure.event_store.log_reader import Checkpoint
from infrastructure.exports.conditions import conditions
from infrastructure.exports.redaction import Redactor
from infrastructure.exports.selection import Selection
from infrastructure.exports.tables import EVENTS, SEPARATOR, plain

EVENTS_AT_ONCE = 4_000
BYTES_AT_ONCE = 8 * 1024 * 1024
"""A stretch ends after so many events, or so many bytes of payloads as they lie in the table (compressed)."""

_OWNERS_KEPT = 50_000
_LONG_NUMBER = re.compile(r"[0-9]{19}")

_MICROSECONDS = "(extract(epoch FROM e.created_at) * 1000000)::bigint"
_COLUMNS = (
    *("e.id", "e.tx_id", "e.event_id", "e.event_type", "e.event_version", "e.aggregate_type", "e.aggregate_id"),
    *("e.aggregate_version", _MICROSECONDS, "e.correlation_id", "e.causation_id", "e.payload::text"),
)

# One text for each row: a value for each column would cost more to hand over than to make. Of payloads only as many
# are unpacked as the stretch takes.
_STRETCH = """
SELECT concat({columns}) FROM (
    SELECT *, row_number() OVER stretch AS n, sum(pg_column_size(payload)) OVER stretch AS bytes
    FROM domain_events
    WHERE (tx_id, id) > (%(after_tx)s::text::xid8, %(after)s) AND (tx_id, id) <= (%(tx)s::text::xid8, %(position)s)
    {conditions}
    WINDOW stretch AS (ORDER BY {order} ROWS UNBOUNDED PRECEDING) ORDER BY {order} LIMIT %(events)s
) AS e WHERE n = 1 OR bytes <= %(bytes)s ORDER BY e.tx_id, e.id
"""

_OWNERS = b"""
SELECT aggregate_id, payload ->> 'user_id' FROM domain_events
WHERE aggregate_id = ANY(%(streams)s) AND aggregate_version = 1
"""

_COUNT = """
SELECT count(*) FROM domain_events
WHERE (tx_id, id) > (%(after_tx)s::text::xid8, %(after)s) AND (tx_id, id) <= (%(tx)s::text::xid8, %(position)s)
{conditions}
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some events after each other, as they were read; none: there are no more. `owners`: whose their streams are.
    `after`: where the next stretch begins."""

    read: Sequence[list[str]]
    owners: Mapping[str, str]
    after: Checkpoint


class EventRows:
    """The rows that `selection` takes of the log up to `until`. Says the same whenever it is asked."""

    table = EVENTS

    def __init__(self, selection: Selection, until: Checkpoint, redactor: Redactor) -> None:
        self.until = until
        self._redactor = redactor
        self._owners: OrderedDict[str, str] = OrderedDict()
        where, self._parameters = conditions(selection)
        self._parameters |= {"tx": str(until.tx_id), "position": until.position}
        # streams are few: sorted, or the planner would walk the whole log in its order to find them
        order = "ROW(tx_id, id)" if selection.sessions or selection.accounts else "tx_id, id"
        columns = f", E'{SEPARATOR}', ".join(_COLUMNS)
        self._stretch = _STRETCH.format(columns=columns, conditions=where, order=order).encode()
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
        found = await (await connection.execute(self._stretch, parameters, prepare=False)).fetchall()
        if not found:
            return Stretch((), {}, after)
        read = [row[0].split(SEPARATOR) for row in found]
        owners = await self._owners_of(connection, {row[6] for row in read})
        return Stretch(read, owners, Checkpoint(int(read[-1][1]), int(read[-1][0])))

    def rows(self, stretch: Stretch) -> list[str]:
        """The rows of a stretch. It takes the processor, and nothing else: for a thread."""
        owners = stretch.owners
        return [self._row(read, owners.get(read[6], "")) for read in stretch.read]

    def _row(self, read: list[str], owner: str) -> str:
        *facts, text = read
        payload = orjson.loads(text)
        values = [*facts[:8], owner, "", *facts[8:], *_NOTHING, text]
        for name, value in payload.items():
            found = _COLUMN_OF.get(name)
            if found is not None and value is not None:
                place, made = found
                values[place] = made(value)
        usage = payload.get("usage")
        if type(usage) is dict:
            for name, place in _TOKENS:
                values[place] = _whole(usage.get(name))
        if not self._redactor.with_text:
            values[-1] = _as_text(self._redactor.payload(payload), text, self._redactor)
        return self._redactor.row(SEPARATOR.join(values))

    async def _owners_of(self, connection: AsyncConnection[Any], streams: set[str]) -> dict[str, str]:
        missing = [stream for stream in streams if stream not in self._owners]
        if missing:
            rows = await (await connection.execute(_OWNERS, {"streams": missing})).fetchall()
            self._owners.update((stream, owner or "") for stream, owner in rows)
        found = {}
        for stream in streams:
            if stream in self._owners:
                self._owners.move_to_end(stream)
                found[stream] = self._owners[stream]
        while len(self._owners) > _OWNERS_KEPT:
            self._owners.popitem(last=False)
        return found


def _as_text(payload: dict[str, Any], stored: str, redactor: Redactor) -> str:
    """JSON text; integers of more than 64 bits are read again, with all their digits."""
    if _LONG_NUMBER.search(stored):
        return canonical(redactor.payload(read_json(stored))).decode()
    return orjson.dumps(payload).decode()


# What is stored is believed as far as it has the kind that it should have: a row holds nothing else.


def _said(value: Any) -> str:
    return plain(value) if type(value) is str else ""


def _whole(value: Any) -> str:
    return str(value) if type(value) is int and -(2**63) <= value < 2**63 else ""


def _number(value: Any) -> str:
    return number(float(value)) if type(value) in (int, float) else ""


def number(value: float) -> str:
    """A float as every reader of exports writes it again: shortest, without `.0`."""
    return repr(value).removesuffix(".0")


def _time(value: Any) -> str:
    """Microseconds since 1970 of a time as events store it."""
    try:
        found = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return ""
    return "" if found.tzinfo is None else microseconds(found)


def microseconds(value: datetime) -> str:
    """Since 1970, UTC."""
    return str(round(value.timestamp() * 1_000_000))


def _columns() -> dict[str, tuple[int, Callable[[Any], str]]]:
    """Field of a payload -> the column that it fills, and how. A session's first event has a stage of its own name."""
    makers: dict[str, Callable[[Any], str]] = {"integer": _whole, "number": _number, "text": _said, "time": _time}
    own = ("occurred_at", "stage", "turn", "kind", "code", "writer", "model", "prompt_version", "cost_usd")
    fields = {name: name for name in (*own, "proposal_id", "feedback_id")}
    fields |= {"first_stage": "stage", "current_stage": "stage"}
    kinds = {column.name: column.kind for column in EVENTS.columns}
    return {field: (EVENTS.place(column), makers[kinds[column]]) for field, column in fields.items()}


_COLUMN_OF = _columns()
_TOKENS = [(name, EVENTS.place(name)) for name in ("input_tokens", "output_tokens")]
_NOTHING = ("",) * (len(EVENTS.columns) - len(_COLUMNS) - 2)
