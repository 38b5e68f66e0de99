"""A stream folded as a whole gives what the same events give one by one, wherever it is cut."""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from genesis_types.enums import GenesisMode
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.account.commands import ClosePeriod, ExpireGrants, SettleReservation
from domain.genesis.commands import (
    ConfirmStage,
    EditContent,
    FinishGenesis,
    GenerateInspiration,
    NavigateToStage,
    ProvideFeedback,
    StartGenesis,
)
from domain.genesis.events import Event
from domain.genesis.stages import STAGE_ORDER
from domain.rejections import Rejection
from projections.engine.fold import Working, fold, fold_stream
from projections.engine.projection import Key, Projection, Row, StoredEvent
from projections.genesis.session import GENESIS_SESSION
from projections.registry import PROJECTIONS
from tests.support.account import Books, work
from tests.support.audit import entry
from tests.support.genesis import CONTENT, SESSION, Story
from tests.support.projections import stored


def _account_history(chance: random.Random) -> list[Any]:
    """What an account may have gone through."""
    books = Books()
    books.grant(chance.randint(100, 1_000), days=chance.choice((None, 1, 3)))
    for number in range(chance.randint(1, 20)):
        with suppress(Rejection):
            books.reserve(number, chance.randint(1, 100))
        with suppress(Rejection):
            books.when(SettleReservation(reservation_id=work(chance.randint(0, number)), used=chance.randint(0, 150)))
        if chance.random() < 0.2:
            books.grant(chance.randint(1, 500))
        if chance.random() < 0.2:
            books.later(hours=30)
            books.when(ExpireGrants())
        if chance.random() < 0.1:
            books.when(ClosePeriod())
    return list(books.events)


def _audit_history(chance: random.Random) -> list[Any]:
    """What others may have read of somebody's."""
    return [entry(number, export=chance.random() < 0.3) for number in range(1, chance.randint(2, 30))]


def _history(chance: random.Random) -> list[Event]:
    """What a writer may have done: steps at random, those that are refused left out."""
    story = Story()
    story.when(StartGenesis(mode=GenesisMode.FREE_FORM, seed="a lighthouse"))
    for _ in range(chance.randint(3, 40)):
        stage = chance.choice(STAGE_ORDER)
        proposals = story.state.stages[stage].proposals
        step = chance.randrange(6)
        with suppress(Rejection):
            if step == 0:
                story.when(NavigateToStage(stage=stage))
            elif step == 1:
                story.when(GenerateInspiration(stage=stage))
                story.proposals_arrive(chance.randint(1, 3))
            elif step == 2 and proposals:
                story.when(ProvideFeedback(proposal_id=proposals[-1].id, text="darker"))
                story.proposals_arrive()
            elif step == 3:
                locked = [f"/{next(iter(CONTENT[stage]))}"] if chance.random() < 0.5 else None
                story.when(EditContent(stage=stage, content=CONTENT[stage], locked_paths=locked))
            elif step == 4:
                story.when(ConfirmStage(stage=stage, content=CONTENT[stage]))
            elif step == 5 and chance.random() < 0.3:
                story.when(FinishGenesis())
    return story.events


_HISTORIES: dict[str, Callable[[random.Random], list[Any]]] = {"account": _account_history, "audit": _audit_history}


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
    history = _HISTORIES.get(next(iter(projection.reads)), _history)
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
    assert made.head == expected.heads.get(SESSION)


def test_what_cannot_be_applied_is_raised_and_changes_nothing() -> None:
    entries = _of(GENESIS_SESSION, _history(random.Random(1)))
    with pytest.raises(AssertionError):
        fold_stream(GENESIS_SESSION, entries[1:], {})
    with pytest.raises(AssertionError):
        fold_stream(GENESIS_SESSION, [*entries[:3], entries[4]], {})
