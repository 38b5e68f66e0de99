"""Decisions: a command and an audit stream in, facts out. Pure: the time is given."""

from datetime import datetime
from typing import assert_never, cast

from domain.aggregate import Command
from domain.audit.commands import AuditBody, RecordExport, RecordSessionRead
from domain.audit.events import Event, RecordsExported, SessionRead
from domain.audit.trail import AuditTrail, audit_id
from domain.rejections import NotFound


def decide(command: Command, trail: AuditTrail | None, now: datetime) -> tuple[Event, ...]:
    """One entry; none for somebody who reads what is their own.

    Raises NotFound when the stream is not that of the owner whom the command names.
    """
    body = cast(AuditBody, command.body)
    if audit_id(body.user_id) != command.stream_id:
        raise NotFound("audit stream")
    if body.reader_id == body.user_id:
        return ()
    number = (trail.version if trail else 0) + 1
    match body:
        case RecordSessionRead():
            return (
                SessionRead(
                    occurred_at=now,
                    number=number,
                    user_id=body.user_id,
                    reader_id=body.reader_id,
                    session_id=body.session_id,
                    part=body.part,
                    at_version=body.at_version,
                ),
            )
        case RecordExport():
            return (
                RecordsExported(
                    occurred_at=now,
                    number=number,
                    user_id=body.user_id,
                    reader_id=body.reader_id,
                    holds=body.holds,
                    named=body.named,
                    with_text=body.with_text,
                ),
            )
        case _:
            assert_never(body)
