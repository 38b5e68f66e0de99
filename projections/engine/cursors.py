"""Opaque cursors of the lists: where a page ended, as (moment, id)."""

import base64
import binascii
from datetime import datetime
from uuid import UUID


class InvalidCursor(ValueError):
    """Not a cursor that this service gave out."""


def encode(moment: datetime, key: UUID) -> str:
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{key}".encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[datetime, UUID]:
    """(moment, id). Raises InvalidCursor."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        moment, _, key = text.partition("|")
        parsed = datetime.fromisoformat(moment)
        if parsed.tzinfo is None:
            raise InvalidCursor("no time zone")
        return parsed, UUID(key)
    except (ValueError, binascii.Error) as error:
        raise InvalidCursor("This is not a cursor of this list.") from error
