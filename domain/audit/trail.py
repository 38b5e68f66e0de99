"""The audit stream's state and how facts change it: whose it is, and how many entries it has."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from domain.audit.events import Event


def audit_id(user_id: UUID) -> UUID:
    """The stream of what others read of a user's: one for each user."""
    return uuid5(user_id, "audit")


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """State of one audit stream after `version` entries."""

    user_id: UUID
    version: int


def evolve(_: AuditTrail | None, event: Event, _stream_id: UUID) -> AuditTrail:
    """The state after `event`, which carries all of it: a fold may begin at any entry."""
    return AuditTrail(event.user_id, event.number)
