"""Rebuilt stream by stream, every projection holds what the same events made one by one, however they were mixed."""

import random

import pytest

from infrastructure.event_store.codec import CODEC
from infrastructure.read_side import shadow_tables
from infrastructure.read_side.rebuild import Options, rebuild
from projections.registry import PROJECTIONS
from tests.support.logs import everything, write_histories
from tests.support.random_histories import HISTORIES
from tests.support.reading import projecting

_STREAMS = {"genesis_session": 6, "account": 1, "audit": 3, "project": 3, "chapter": 3}
"""So many of each kind; an account's owner has one account."""


@pytest.mark.parametrize(("seed", "chunk"), [(1, 7), (2, 4_000)], ids=["streams_in_pieces", "streams_as_a_whole"])
async def test_rebuilt_by_streams_is_what_was_applied_event_by_event(
    database_url: str, seed: int, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: streams of every kind, mixed, and applied event by event, in short batches
    chance = random.Random(seed)
    kinds = [kind for kind, count in _STREAMS.items() for _ in range(count)]
    histories = [
        [(one.event_type, one.event_version, one.payload) for one in map(CODEC.encode, HISTORIES[kind](chance))]
        for kind in kinds
    ]
    write_histories(database_url, histories, seed, kinds)
    async with projecting(database_url, batch=20, far=10**9) as projector:
        await projector.catch_up()
    applied = await everything(database_url)
    assert applied["parked"] == []
    assert _STREAMS.keys() == HISTORIES.keys()

    # when
    monkeypatch.setattr(shadow_tables, "CHUNK", chunk)
    for projection in PROJECTIONS:
        report = await rebuild(database_url, projection, Options())
        assert report.comparison.equal, report.comparison

    # then
    assert await everything(database_url) | {"places": None} == applied | {"places": None}
