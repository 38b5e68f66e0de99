"""A stream folded as a whole gives what the same events give one by one, wherever it is cut."""

import random
from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from domain.genesis.events import Event
from infrastructure.read_side.copy_lines import lines
from projections.engine.fold import Working, fold, fold_stream
from projections.engine.projection import Key, Projection, Row, StoredEvent
from projections.genesis.session import GENESIS_SESSION
from projections.registry import PROJECTIONS
from tests.support.genesis import SESSION
from tests.support.projections import stored
from tests.support.random_histories import HISTORIES, session_history


def _of(projection: Projection, events: Sequence[Event]) -> list[StoredEvent]:
    named = next(iter(projection.reads.values()))
    entries = [stored(event, number) for number, event in enumerate(events, start=1)]
    return [entry for entry in entries if named is None or type(entry.event).__name__ in named]


def _by_table(working: Working, projection: Projection) -> dict[str, dict[Key, Row | None]]:
    return {
        table.name: {key: working.rows[table.name][key] for key in working.changed.get(table.name, ())}
        for table in projection.tables
    }


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
@given(seed=st.integers(0, 10**6), share=st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_a_stream_as_a_whole_and_event_by_event(projection: Projection, seed: int, share: float) -> None:
    history = HISTORIES[next(iter(projection.reads))]
    entries = _of(projection, history(random.Random(seed)))
    cut = round(share * len(entries))
    before = Working()
    fold(projection, before, entries[:cut])
    loaded: dict[str, Any] = {name: dict(rows) for name, rows in before.rows.items()}
    expected = Working(rows={name: dict(rows) for name, rows in before.rows.items()})
    fold(projection, expected, entries[cut:])
    assert not expected.parked

    made = fold_stream(projection, entries[cut:], loaded)

    found = {
        table.name: made.rows[number]
        | {table.key_of(row): row for values in made.added[number] if (row := table.row(**values))}
        for number, table in enumerate(projection.tables)
    }
    assert found == _by_table(expected, projection)
    for table, added in zip(projection.tables, made.added, strict=True):
        rows = [vars(table.row(**values)) for values in added]
        assert lines(table, added) == lines(table, rows), f"{table.name}: values are what a row of them holds"
    assert made.head == expected.heads.get(SESSION)


def test_what_cannot_be_applied_is_raised_and_changes_nothing() -> None:
    entries = _of(GENESIS_SESSION, session_history(random.Random(1)))
    with pytest.raises(AssertionError):
        fold_stream(GENESIS_SESSION, entries[1:], {})
    with pytest.raises(AssertionError):
        fold_stream(GENESIS_SESSION, [*entries[:3], entries[4]], {})


def test_no_event_that_has_a_key_is_left_out() -> None:
    for projection in PROJECTIONS:
        tables = [table for table in projection.tables if table.events is not None and table.keys is not None]
        for seed in range(25 if tables else 0):
            for entry in _of(projection, HISTORIES[next(iter(projection.reads))](random.Random(seed))):
                for table in tables:
                    assert table.keys is not None
                    assert not table.keys(entry) or type(entry.event) in (table.events or ()), table.name


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_a_row_is_copied_as_it_is_written_by_itself(projection: Projection, seed: int) -> None:
    working = Working()
    fold(projection, working, _of(projection, HISTORIES[next(iter(projection.reads))](random.Random(seed))))
    for table in projection.tables:
        rows = working.upserts(table)

        copied = lines(table, map(vars, rows)).splitlines()

        assert len(copied) == len(rows)
        for line, row in zip(copied, rows, strict=True):
            wanted = orjson.loads(row.model_dump_json())
            columns = line.replace(rb"\\", b"\\").split(b"\t")
            for (name, value), text in zip(wanted.items(), columns, strict=True):
                if isinstance(getattr(row, name), dict | list | BaseModel):
                    assert orjson.loads(text) == value, f"{table.name}.{name}"
