"""The descriptor of the audit stream: what the write path has to know of it."""

from uuid import UUID

from domain.aggregate import Aggregate, DomainEvent, as_it_is
from domain.audit.commands import RecordExport, RecordSessionRead
from domain.audit.decide import decide
from domain.audit.events import RecordsExported, SessionRead
from domain.audit.trail import AuditTrail, evolve


def _owner(trail: AuditTrail) -> UUID:
    return trail.user_id


AUDIT = Aggregate(
    aggregate_type="audit",
    source="/genesis/audits",
    name="audit stream",
    events=(SessionRead, RecordsExported),
    commands=(),
    internal=(RecordSessionRead, RecordExport),
    openings=frozenset[type[DomainEvent]]((SessionRead, RecordsExported)),
    # an entry names a branch and its version: of older ones there is none
    upcasters={("SessionRead", 1): as_it_is},
    decide=decide,
    evolve=evolve,
    owner=_owner,
)
