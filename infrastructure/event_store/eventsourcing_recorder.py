"""Implements the `eventsourcing` library's recorder on our tables: the store's own statement, driven synchronously."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any, ClassVar, Never
from uuid import UUID, uuid5

from eventsourcing.persistence import (
    IntegrityError,
    InterfaceError,
    Notification,
    NotSupportedError,
    OperationalError,
    StoredEvent,
)
from eventsourcing.postgres import (
    PostgresAggregateRecorder,
    PostgresApplicationRecorder,
    PostgresDatastore,
    PostgresRecorder,
)
from eventsourcing.utils import retry
from genesis_types.enums import CommandStatus
from psycopg import RawCursor
from psycopg.errors import UniqueViolation
from psycopg.rows import tuple_row

from application.ports import InboxRow, VersionTaken
from domain.aggregate import CompletedWork
from domain.aggregates import AGGREGATES
from infrastructure.event_store.append import AppendRows, StreamRows, metadata, refusal, statement
from infrastructure.event_store.codec import EncodedEvent, canonical, encoded, read_json

RECORDED = "RECORDED"
"""Command type of the inbox row that an append without a command gets: the statement's events hang on one."""

_OPAQUE = "$base64"
_EVENTS = """
SELECT aggregate_id, aggregate_version, event_type, event_version, payload::text FROM domain_events
WHERE aggregate_id = $1::text
    AND ($2::int IS NULL OR aggregate_version > $2::int) AND ($3::int IS NULL OR aggregate_version <= $3::int)
ORDER BY aggregate_version {order} LIMIT $4::bigint
"""
_NOTIFICATIONS = """
SELECT id, aggregate_id, aggregate_version, event_type, event_version, payload::text FROM domain_events
WHERE id >= $1::bigint AND ($2::bigint IS NULL OR id <= $2::bigint)
    AND ($3::text[] IS NULL OR event_type = ANY ($3::text[]))
ORDER BY id LIMIT $4::bigint
"""


def pack(encoded: EncodedEvent) -> bytes:
    """An event as the library carries it: canonical JSON of its version and payload."""
    return canonical({"payload": read_json(encoded.payload), "version": encoded.event_version})


def unpack(topic: str, state: bytes) -> EncodedEvent:
    """What is stored for `state`. What `pack` made is stored as JSON, any other bytes as base64 inside of JSON."""
    version, payload = _packed(state) or (1, {_OPAQUE: b64encode(state).decode()})
    return encoded(topic, version, payload)


def _packed(state: bytes) -> tuple[int, dict[str, Any]] | None:
    try:
        value = read_json(state)
    except ValueError:
        return None
    if not isinstance(value, dict) or value.keys() != {"payload", "version"} or canonical(value) != state:
        return None
    version, payload = value["version"], value["payload"]
    if type(version) is not int or version < 1 or not isinstance(payload, dict) or payload.keys() == {_OPAQUE}:
        return None
    return None if b"\\u0000" in state else (version, payload)


def state_of(event_version: int, payload: str) -> bytes:
    """The bytes that `unpack` was given, from the stored JSON text."""
    value = read_json(payload)
    if value.keys() == {_OPAQUE}:
        return b64decode(value[_OPAQUE])
    return canonical({"payload": value, "version": event_version})


class GenesisAggregateRecorder(PostgresAggregateRecorder):
    """Streams of events. Versions start with `first_version`, which is stored as 1."""

    first_version: ClassVar = 1
    topic: ClassVar = "genesis.events"

    def __init__(self, datastore: PostgresDatastore, *, events_table_name: str = "domain_events") -> None:
        # not the library's statements, table and types: ours are there
        PostgresRecorder.__init__(self, datastore)
        self.events_table_name = events_table_name

    def create_table(self) -> None:
        """Nothing: migrations make the tables."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        self._append(stored_events, **kwargs)
        return None

    def _append(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        inbox: Sequence[InboxRow] = (),
        correlation_id: UUID | None = None,
        completes: CompletedWork | None = None,
        **_: Any,
    ) -> list[int]:
        """Write events of any streams at once, with the command's inbox rows if there is one; their positions.

        Raises IntegrityError, caused by the AppendFailed that says why. Never retried here: after a lost connection
        only a look at the log tells whether it was written.
        """
        if not stored_events:
            return []
        streams: dict[str, list[StoredEvent]] = {}
        for event in stored_events:
            streams.setdefault(str(event.originator_id), []).append(event)
        for events in streams.values():
            first = events[0].originator_version
            if [event.originator_version for event in events] != list(range(first, first + len(events))):
                raise IntegrityError("The versions of one append follow each other.")
        rows = inbox or [self._recorded(UUID(next(iter(streams))), stored_events[0].originator_version)]
        command_id = rows[0].command_id
        append = AppendRows(
            inbox=rows,
            streams=[self._stream(command_id, stream, events) for stream, events in streams.items()],
            metadata=metadata(rows[0].command_type),
            correlation_id=correlation_id or command_id,
            completes=completes,
        )
        query, parameters = statement([append], self.topic)
        try:
            positions = [position for _, position in self._rows(query, parameters)]
        except IntegrityError as error:
            failed = refusal(error.__cause__) if isinstance(error.__cause__, UniqueViolation) else None
            if failed is None:
                raise
            raise IntegrityError(type(failed).__name__) from failed
        if not positions:
            raise IntegrityError(VersionTaken.__name__) from VersionTaken()
        return sorted(positions)

    def _stream(self, command_id: UUID, stream: str, events: Sequence[StoredEvent]) -> StreamRows:
        aggregate = AGGREGATES.by_event.get(events[0].topic)
        return StreamRows(
            aggregate_type=aggregate.aggregate_type if aggregate else RECORDED.lower(),
            source=aggregate.source if aggregate else "/genesis/recorded",
            stream_id=stream,
            expected_version=events[0].originator_version - self.first_version,
            events=[
                (uuid5(command_id, f"event:{stream}:{index}"), unpack(event.topic, event.state))
                for index, event in enumerate(events)
            ],
        )

    def _recorded(self, stream: UUID, version: int) -> InboxRow:
        return InboxRow(
            command_id=uuid5(stream, f"recorded:{version}"),
            session_id=stream,
            user_id=None,
            command_type=RECORDED,
            request_hash="",
            status=CommandStatus.COMPLETED,
            response={},
        )

    def _rows(self, query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self.datastore.get_connection() as connection:
            cursor = RawCursor(connection, row_factory=tuple_row)
            return cursor.execute(query.encode(), parameters, prepare=True).fetchall()

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        shift = self.first_version - 1
        bounds = [None if bound is None else str(bound - shift) for bound in (gt, lte)]
        query = _EVENTS.format(order="DESC" if desc else "ASC")
        rows = self._rows(query, (str(originator_id), *bounds, None if limit is None else str(limit)))
        return [
            StoredEvent(stream, version + shift, topic, state_of(event_version, payload))
            for stream, version, topic, event_version, payload in rows
        ]


class GenesisRecorder(GenesisAggregateRecorder, PostgresApplicationRecorder):
    """The whole log by position. For looking, not for following: positions are given before the commit, so a reader
    that goes on behind the last one it saw can miss a late one. Followers read in commit order (tx_id, id).
    """

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        return self._append(stored_events, **kwargs)

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        first = 0 if start is None else start if inclusive_of_start else start + 1
        parameters = (str(first), None if stop is None else str(stop), list(topics) or None, str(limit))
        shift = self.first_version - 1
        return [
            Notification(stream, version + shift, topic, state_of(event_version, payload), position)
            for position, stream, version, topic, event_version, payload in self._rows(_NOTIFICATIONS, parameters)
        ]

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def max_notification_id(self) -> int | None:
        ((position,),) = self._rows("SELECT max(id) FROM domain_events", ())
        return None if position is None else int(position)

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Never:  # noqa: ARG002
        raise NotSupportedError("Follow the log in commit order, by (tx_id, id).")
