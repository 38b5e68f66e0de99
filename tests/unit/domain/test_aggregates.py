"""The list of aggregates: what it finds, and what it refuses at start because two aggregates claim it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

import pytest

from domain.aggregate import Aggregate, Body, Command, DomainEvent
from domain.aggregates import AGGREGATES, Aggregates, AmbiguousAggregates
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import StartGenesis
from tests.support.genesis import NOW


class Counted(DomainEvent):
    by: int


class Count(Body):
    command_type: ClassVar = "COUNT"
    by: int = 1


@dataclass(frozen=True, slots=True)
class Counter:
    version: int
    total: int


def decide(command: Command, state: Counter | None, now: datetime) -> tuple[Counted, ...]:
    assert isinstance(command.body, Count)
    return (Counted(occurred_at=now, by=command.body.by),)


def evolve(state: Counter | None, event: Counted, stream_id: UUID) -> Counter:
    return Counter(state.version + 1 if state else 1, (state.total if state else 0) + event.by)


COUNTER = Aggregate(
    aggregate_type="counter",
    source="/counters",
    name="counter",
    events=(Counted,),
    commands=(Count,),
    decide=decide,
    evolve=evolve,
    owner=lambda counter: uuid4(),
    creates=frozenset({Count}),
)


def test_an_aggregate_is_found_by_its_type_its_events_and_its_bodies() -> None:
    both = Aggregates((*AGGREGATES.all, COUNTER))
    assert both.by_type["counter"] is both.by_event["Counted"] is both.of(Count()) is COUNTER
    assert both.events["Counted"] is Counted
    assert both.of(StartGenesis()) is GENESIS_SESSION


def test_a_body_that_nobody_claims_is_not_found() -> None:
    with pytest.raises(KeyError):
        AGGREGATES.of(Count())


def test_a_fold_goes_on_from_a_state() -> None:
    stream = uuid4()
    events = COUNTER.decide(Command(uuid4(), stream, uuid4(), Count(by=2)), None, NOW)
    state = COUNTER.fold(stream, events)
    assert (COUNTER.fold(stream, events, state), COUNTER.fold(stream, ())) == (Counter(2, 4), None)


@pytest.mark.parametrize(
    ("other", "claim"),
    [
        (replace(COUNTER, events=(), commands=()), "the type counter"),
        (replace(COUNTER, aggregate_type="other", commands=()), "the event name Counted"),
        (replace(COUNTER, aggregate_type="other", events=(), commands=(), internal=(Count,)), "the command type COUNT"),
    ],
)
def test_a_name_that_two_aggregates_claim_is_refused(other: Aggregate, claim: str) -> None:
    with pytest.raises(AmbiguousAggregates, match=claim):
        Aggregates((COUNTER, other))


def test_an_aggregate_cannot_claim_a_name_twice() -> None:
    with pytest.raises(AmbiguousAggregates, match="counter"):
        Aggregates((replace(COUNTER, commands=(Count, Count)),))
