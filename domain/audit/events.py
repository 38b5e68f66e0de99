"""The facts of an audit stream, in the past tense. `user_id`: whose the stream is; `reader_id`: who read.

Each entry carries its number, which is its version, so that the stream is loaded from its last entry alone.
"""

from typing import Literal
from uuid import UUID

from domain.aggregate import DomainEvent

SessionPart = Literal["state", "history", "past", "provenance", "prompts"]
"""What of a session was read: as it is now, its events, an earlier moment or a difference, where its texts came from,
or what a model was sent."""
Holding = Literal["events", "session_list"]


class SessionRead(DomainEvent):
    """Somebody else read a session of this owner's."""

    number: int
    user_id: UUID
    reader_id: UUID
    session_id: UUID
    part: SessionPart


class RecordsExported(DomainEvent):
    """Somebody else took out rows that hold this owner's. `named`: with ids and names; else with pseudonyms."""

    number: int
    user_id: UUID
    reader_id: UUID
    holds: Holding
    named: bool
    with_text: bool


Event = SessionRead | RecordsExported
