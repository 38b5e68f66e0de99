"""Records as any client may write them: ours are read, and what is wrong with the others is said."""

from typing import Any
from uuid import UUID

import pytest

from infrastructure.messaging.inbound_record import Record, Unfit, read

SESSION = UUID(int=7)
HEADERS: list[tuple[str, bytes]] = [
    ("ce_specversion", b"1.0"),
    ("ce_id", str(UUID(int=1)).encode()),
    ("ce_type", b"StageEntered"),
    ("ce_source", b"/genesis/sessions"),
    ("ce_subject", str(SESSION).encode()),
    ("ce_time", b"2026-03-01T09:00:00Z"),
    ("ce_schemaversion", b"1"),
    ("ce_sequence", b"12"),
    ("ce_correlationid", str(UUID(int=2)).encode()),
    ("ce_causationid", str(UUID(int=3)).encode()),
]


def record(**changes: Any) -> Record:
    own = {"key": str(SESSION).encode(), "value": b'{"stage": "WORLDVIEW"}', "headers": HEADERS}
    return Record(**{"source": "topic[0]@1", **own, **changes})


def changed(**headers: bytes) -> list[tuple[str, bytes]]:
    return [*((name, value) for name, value in HEADERS if name not in headers), *headers.items()]


def test_ours_is_read() -> None:
    message = read(record())
    assert (message.session_id, message.sequence, message.payload) == (SESSION, 12, {"stage": "WORLDVIEW"})


def test_headers_that_are_not_ours_are_ignored() -> None:
    strange = [("traceparent", b"00-1"), ("empty", b""), ("empty", b"\xff\0")]
    assert read(record(headers=[*HEADERS, *strange])) == read(record())


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({"key": None}, "FORGED", "key"),
        ({"key": str(UUID(int=8)).encode()}, "FORGED", "key"),
        ({"key": b"\xff\0"}, "FORGED", "key"),
        ({"value": b""}, "MALFORMED", "no JSON"),
        ({"value": b"null"}, "MALFORMED", "payload"),
        ({"value": b"[1]"}, "MALFORMED", "payload"),
        ({"value": b"\xff\xfe"}, "MALFORMED", "no JSON"),
        ({"value": b'"\\ud800"'}, "MALFORMED", "no JSON"),
        ({"value": b'{"a": NaN}'}, "MALFORMED", "no JSON"),
        ({"value": b"[" * 100_000}, "MALFORMED", "no JSON"),
        ({"value": b'{"a":' * 900 + b"1" + b"}" * 900}, "MALFORMED", "payload"),
        ({"headers": []}, "MALFORMED", "ce_id"),
        ({"headers": changed(ce_subject=b"")}, "MALFORMED", "ce_subject"),
        ({"headers": changed(ce_id=b"\xff")}, "MALFORMED", "not UTF-8"),
        ({"headers": changed(ce_id=b"\0")}, "MALFORMED", "ce_id"),
        ({"headers": [*HEADERS, ("ce_id", b"1")]}, "MALFORMED", "twice"),
        ({"headers": [*HEADERS, ("ce_type", b"StageEntered")]}, "MALFORMED", "twice"),
        ({"headers": changed(ce_time=b"2026-03-01T09:00:00")}, "MALFORMED", "ce_time"),
        ({"headers": changed(ce_type=b"StageLeft")}, "UNKNOWN_TYPE", "ce_type"),
        ({"headers": changed(ce_schemaversion=b"99")}, "NEWER_VERSION", "version 99"),
    ],
)
def test_anything_else_is_refused_with_a_reason(changes: dict[str, Any], code: str, reason: str) -> None:
    with pytest.raises(Unfit) as refused:
        read(record(**changes))
    assert (refused.value.code, reason in refused.value.reason) == (code, True), refused.value.reason


def test_whose_event_it_claims_to_be_is_kept() -> None:
    with pytest.raises(Unfit) as refused:
        read(record(value=b"no JSON"))
    assert refused.value.event_id == UUID(int=1)
