"""Entries of an audit stream with plain values."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.audit.events import Event, RecordsExported, SessionRead

OWNER = UUID("0a11e000-0000-4000-8000-000000000001")
READER = UUID("0a11e000-0000-4000-8000-000000000002")
SESSION = UUID("0a11e000-0000-4000-8000-000000000003")
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def entry(number: int, *, export: bool = False) -> Event:
    """Entry `number` of an owner's stream."""
    at = NOW + timedelta(minutes=number)
    if export:
        return RecordsExported(
            occurred_at=at, number=number, user_id=OWNER, reader_id=READER, holds="events", named=False, with_text=False
        )
    return SessionRead(occurred_at=at, number=number, user_id=OWNER, reader_id=READER, session_id=SESSION, part="state")
