"""What can be asked of an audit stream, in the imperative. None of it may be asked for over HTTP."""

from typing import ClassVar
from uuid import UUID

from domain.aggregate import Body
from domain.audit.events import Holding, SessionPart


class RecordSessionRead(Body):
    """`user_id`: whose session it is; the stream is `audit_id(user_id)`."""

    command_type: ClassVar = "RECORD_SESSION_READ"
    user_id: UUID
    reader_id: UUID
    session_id: UUID
    part: SessionPart
    at_version: int | None = None


class RecordExport(Body):
    """`user_id`: one of those whose rows are taken out. `selection`: a digest of what was asked for."""

    command_type: ClassVar = "RECORD_EXPORT"
    user_id: UUID
    reader_id: UUID
    holds: Holding
    named: bool
    with_text: bool
    selection: str


AuditBody = RecordSessionRead | RecordExport
