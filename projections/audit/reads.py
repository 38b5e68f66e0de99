"""The reads projection: what others read of each owner's, one row for each entry of an audit stream."""

from datetime import datetime
from pathlib import Path
from typing import Any, assert_never, cast
from uuid import UUID

from domain.audit.events import Event, RecordsExported, SessionRead
from projections.engine.projection import AddRow, Projection, Row, StoredEvent, Table


class ReadRow(Row):
    """`kind`: the event's name. `session_id` to `at_version`: of a session; `holds` to `with_text`: of an export."""

    audit_id: UUID
    version: int
    user_id: UUID
    reader_id: UUID
    kind: str
    session_id: UUID | None
    part: str | None
    at_version: int | None
    holds: str | None
    named: bool
    with_text: bool
    occurred_at: datetime


def _values(stored: StoredEvent) -> dict[str, Any]:
    event = cast(Event, stored.event)
    own: dict[str, Any] = {
        "audit_id": stored.stream_id,
        "version": stored.version,
        "user_id": event.user_id,
        "reader_id": event.reader_id,
        "kind": type(event).__name__,
        "occurred_at": event.occurred_at,
    }
    match event:
        case SessionRead():
            own |= {"session_id": event.session_id, "part": event.part, "holds": None}
            own["at_version"] = event.at_version
            return own | {"named": True, "with_text": True}
        case RecordsExported():
            own |= {"session_id": None, "part": None, "at_version": None, "holds": event.holds}
            return own | {"named": event.named, "with_text": event.with_text}
        case _:
            assert_never(event)


READS = Projection(
    name="reads",
    version=2,
    reads={"audit": None},
    sql=Path(__file__).with_name("reads.sql"),
    tables=(
        Table(
            name="account_reads",
            row=ReadRow,
            key=(("audit_id", "uuid"), ("version", "int")),
            stream="audit_id",
            apply=AddRow(ReadRow, _values),
        ),
    ),
)
