"""The audit stream: one entry for each read of what is another's, none for one's own, in one order."""

from typing import Literal
from uuid import UUID, uuid4

import pytest

from domain.aggregate import Body, Command
from domain.audit.aggregate import AUDIT
from domain.audit.commands import RecordExport, RecordSessionRead
from domain.audit.events import RecordsExported, SessionRead
from domain.audit.trail import AuditTrail, audit_id
from domain.rejections import NotFound
from tests.support.audit import NOW, OWNER, READER, SESSION, entry


def given(*entries: SessionRead | RecordsExported) -> AuditTrail | None:
    trail: AuditTrail | None = AUDIT.fold(audit_id(OWNER), entries)
    return trail


def when(body: Body, trail: AuditTrail | None = None, stream: UUID | None = None) -> tuple[object, ...]:
    return AUDIT.decide(Command(uuid4(), stream or audit_id(OWNER), READER, body), trail, NOW)


def read(owner: UUID = OWNER, part: Literal["state", "past"] = "state") -> RecordSessionRead:
    return RecordSessionRead(user_id=owner, reader_id=READER, session_id=SESSION, part=part)


def test_the_first_read_begins_the_stream() -> None:
    (fact,) = when(read())
    assert fact == SessionRead(
        occurred_at=NOW, number=1, user_id=OWNER, reader_id=READER, session_id=SESSION, part="state"
    )


@pytest.mark.parametrize("before", [1, 7])
def test_an_entry_has_the_number_after_the_last(before: int) -> None:
    trail = given(*(entry(number) for number in range(1, before + 1)))
    (fact,) = when(read(part="past"), trail)
    assert isinstance(fact, SessionRead)
    assert fact.number == before + 1


def test_an_export_says_whether_anybody_is_named_in_it() -> None:
    body = RecordExport(
        user_id=OWNER, reader_id=READER, holds="events", named=True, with_text=False, selection="everything"
    )
    (fact,) = when(body, given(entry(1)))
    assert fact == RecordsExported(
        occurred_at=NOW, number=2, user_id=OWNER, reader_id=READER, holds="events", named=True, with_text=False
    )


def test_what_is_ones_own_is_no_entry() -> None:
    body = RecordSessionRead(user_id=OWNER, reader_id=OWNER, session_id=SESSION, part="state")
    assert when(body, given(entry(1))) == ()


def test_another_owners_stream_is_refused() -> None:
    with pytest.raises(NotFound):
        when(read(), stream=audit_id(READER))


@pytest.mark.parametrize("first", [1, 2, 3, 4])
def test_a_fold_may_begin_at_any_entry(first: int) -> None:
    entries = [entry(number, export=number % 2 == 0) for number in range(1, 5)]
    assert given(*entries[first - 1 :]) == given(*entries) == AuditTrail(OWNER, 4)
