"""Records as any Kafka client may write them: ours are read, the others are None, and nothing is raised."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from infrastructure.bus_kafka import _message

SESSION = UUID(int=7)
HEADERS: list[tuple[str, bytes | None]] = [
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


def record(**changes: Any) -> Any:
    own = {"key": str(SESSION).encode(), "value": b'{"stage": "WORLDVIEW"}', "headers": HEADERS}
    return SimpleNamespace(**{**own, "partition": 0, "offset": 1, **changes})


def test_ours_is_read() -> None:
    message = _message(record())
    assert message is not None
    assert (message.session_id, message.sequence, message.payload) == (SESSION, 12, {"stage": "WORLDVIEW"})


def test_headers_that_are_not_ours_are_ignored() -> None:
    assert _message(record(headers=[*HEADERS, ("traceparent", b"00-1"), ("empty", None)])) == _message(record())


@pytest.mark.parametrize(
    "changes",
    [
        {"key": None},
        {"key": str(UUID(int=8)).encode()},
        {"value": None},
        {"value": b"null"},
        {"value": b"\xff\xfe"},
        {"value": b'"\\ud800"'},
        {"value": b'{"a": NaN}'},
        {"value": b"[" * 100_000},
        {"headers": None},
        {"headers": [("ce_subject", None), *HEADERS[:4], *HEADERS[5:]]},
        {"headers": [*HEADERS, ("ce_id", b"\xff")]},
        {"headers": [*HEADERS, ("ce_time", b"2026-03-01T09:00:00")]},
    ],
)
def test_anything_else_is_foreign(changes: dict[str, Any]) -> None:
    assert _message(record(**changes)) is None
