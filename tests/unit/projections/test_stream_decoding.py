"""A stream decoded as a whole gives the events that the codec gives one by one, older versions among them."""

import random
from uuid import uuid4

import orjson
import pytest
from pydantic import ValidationError

from infrastructure.event_store.bulk_reader import decode_stream
from infrastructure.event_store.codec import CODEC
from tests.support.random_histories import HISTORIES


def _rows(kind: str, seed: int) -> list[tuple[str, int, str]]:
    """(type, version, payload) as they may lie in the log: in any version whose upcasters take the payload."""
    chance, rows = random.Random(seed), []
    for event in HISTORIES[kind](chance):
        encoded = CODEC.encode(event)
        rows.append((encoded.event_type, chance.randint(1, encoded.event_version), encoded.payload))
    return rows


def _text(rows: list[tuple[str, int, str]]) -> str:
    items = [
        {"t": f"{name}/{version}", "i": 7 * number, "e": uuid4(), "v": number, "p": orjson.Fragment(payload)}
        for number, (name, version, payload) in enumerate(rows, start=1)
    ]
    return orjson.dumps(items).decode()


@pytest.mark.parametrize("kind", HISTORIES)
def test_a_stream_as_a_whole_and_event_by_event(kind: str) -> None:
    for seed in range(25):
        rows = _rows(kind, seed)

        decoded = decode_stream(_text(rows))

        assert [item["p"] for item in decoded] == [CODEC.decode(*row) for row in rows]
        assert [(item["i"], item["v"]) for item in decoded] == [(7 * n, n) for n in range(1, len(rows) + 1)]


def test_older_versions_are_among_them() -> None:
    rows = [row for seed in range(25) for row in _rows("genesis_session", seed)]

    assert any(version < (CODEC.newest(name) or 0) for name, version, _ in rows)


@pytest.mark.parametrize(
    "row", [("ComesFromTheFuture", 1, "{}"), ("StageEntered", 2, "{}"), ("StageEntered", 1, '{"stage": "NOWHERE"}')]
)
def test_what_this_build_cannot_read_is_refused(row: tuple[str, int, str]) -> None:
    with pytest.raises(ValidationError):
        decode_stream(_text([*_rows("genesis_session", 1), row]))
