"""The facts of an audit stream, in the past tense. `user_id`: whose the stream is; `reader_id`: who read.

Each entry carries its number, which is its version, so that the stream is loaded from its last entry alone.
"""

from typing import ClassVar, Literal
from uuid import UUID

from domain.aggregate import DomainEvent

SessionPart = Literal["state", "history", "past", "provenance", "prompts", "branch"]
"""What of a session was read: as it is now, its events, an earlier moment or a difference, where its texts came from,
what a model was sent; or all of one moment, from which the reader began a session of their own."""
Holding = Literal["events", "session_list"]


class SessionRead(DomainEvent):
    """Somebody else read a session of this owner's. `at_version`: of a branch, the moment that it begins with."""

    schema_version: ClassVar[int] = 2

    number: int
    user_id: UUID
    reader_id: UUID
    session_id: UUID
    part: SessionPart
    at_version: int | None = None


class RecordsExported(DomainEvent):
    """Somebody else took out rows that hold this owner's. `named`: with ids and names; else with pseudonyms."""

    number: int
    user_id: UUID
    reader_id: UUID
    holds: Holding
    named: bool
    with_text: bool


Event = SessionRead | RecordsExported
