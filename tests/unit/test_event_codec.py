"""Events to stored JSON and back: upcasters, and a clear no to what a newer build wrote."""

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

import orjson
import pytest
from genesis_types.enums import GenesisMode, GenesisStage
from pydantic import ValidationError

from domain.aggregate import DomainEvent
from domain.aggregates import AGGREGATES
from domain.genesis.events import (
    GenerationFailed,
    GenesisStarted,
    ProposalsRecorded,
    StageEntered,
)
from domain.genesis.proposals import Proposal
from infrastructure.event_store.codec import CODEC, EventCodec, UnreadableEvent, canonical

NOW = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)
ID = UUID(int=7)

RECORDED = ProposalsRecorded(
    occurred_at=NOW,
    correlation_id=ID,
    stage=GenesisStage.CONCEPT_SELECTION,
    proposals=(
        Proposal(
            id=ID,
            stage=GenesisStage.CONCEPT_SELECTION,
            version=1,
            content={"title": "潮钟 “salt”", "n": 1.5, "deep": [{"b": None, "a": True}]},
            origin="ai",
            adjustments=("tone",),
            created_at=NOW,
        ),
    ),
    writer="model",
    model="m",
    prompt_version="1",
    usage={"input_tokens": 12},
    cost_usd=0.00001,
    price_source=None,
)


class Renamed(DomainEvent):
    """An event in its third shape: `place` was `where`, and `mood` came later."""

    schema_version: ClassVar[int] = 3
    place: str
    mood: str


def _rename(payload: dict[str, Any]) -> dict[str, Any]:
    return {"place" if key == "where" else key: value for key, value in payload.items()}


def _add_mood(payload: dict[str, Any]) -> dict[str, Any]:
    return payload | {"mood": "calm"}


def _codec() -> EventCodec:
    return EventCodec({"Renamed": Renamed}, {("Renamed", 1): _rename, ("Renamed", 2): _add_mood})


def test_an_event_comes_back_equal() -> None:
    stored = CODEC.encode(RECORDED)
    assert (stored.event_type, stored.event_version) == ("ProposalsRecorded", 3)
    assert CODEC.decode(stored.event_type, stored.event_version, stored.payload) == RECORDED


def test_defaults_are_stored_too() -> None:
    started = GenesisStarted(
        occurred_at=NOW,
        user_id=ID,
        mode=GenesisMode.GUIDED,
        title="",
        seed="",
        genre="",
        audience="",
        language="en",
        first_stage=GenesisStage.CONCEPT_SELECTION,
        expires_at=NOW,
    )
    assert orjson.loads(CODEC.encode(started).payload).keys() == GenesisStarted.model_fields.keys()


def test_the_hash_is_of_the_value_and_not_of_its_spelling() -> None:
    stored = CODEC.encode(RECORDED)
    spelt_differently = dict(reversed(orjson.loads(stored.payload).items()))
    assert canonical(spelt_differently) == stored.payload.encode()


@pytest.mark.parametrize("version", [1, 2, 3])
def test_old_versions_are_read_through_every_upcaster(version: int) -> None:
    payloads = {
        1: {"occurred_at": NOW.isoformat(), "where": "quay"},
        2: {"occurred_at": NOW.isoformat(), "place": "quay"},
        3: {"occurred_at": NOW.isoformat(), "place": "quay", "mood": "calm"},
    }
    event = _codec().decode("Renamed", version, orjson.dumps(payloads[version]))
    assert event == Renamed(occurred_at=NOW, place="quay", mood="calm")


def test_an_event_newer_than_the_build_is_refused() -> None:
    with pytest.raises(UnreadableEvent, match=r"StageEntered in version 2; this build reads up to version 1.*upgrade"):
        CODEC.decode("StageEntered", 2, "{}")


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(UnreadableEvent, match="type MoonRisen, which this build does not know"):
        CODEC.decode("MoonRisen", 1, "{}")


def test_a_gap_in_the_upcasters_is_found_when_the_codec_is_built() -> None:
    with pytest.raises(TypeError, match="no upcaster from version 2"):
        EventCodec({"Renamed": Renamed}, {("Renamed", 1): _rename})


def test_a_payload_of_another_shape_is_an_error() -> None:
    with pytest.raises(ValidationError):
        CODEC.decode("StageEntered", 1, orjson.dumps({"occurred_at": NOW.isoformat(), "stage": "NOWHERE"}))
    with pytest.raises(ValidationError):
        CODEC.decode("StageEntered", 1, orjson.dumps({"occurred_at": NOW.isoformat(), "stage": "PLOT_OUTLINE", "x": 1}))


def test_an_event_of_another_registry_is_not_encoded() -> None:
    with pytest.raises(TypeError, match="Renamed"):
        CODEC.encode(Renamed(occurred_at=NOW, place="quay", mood="calm"))
    assert CODEC.encode(StageEntered(occurred_at=NOW, stage=GenesisStage.WORLDVIEW)).event_type in AGGREGATES.events


def test_a_failure_from_before_costs_were_kept_is_read_as_one_of_unknown_cost() -> None:
    old = (
        '{"occurred_at":"2026-03-01T09:00:00Z","correlation_id":"00000000-0000-0000-0000-000000000001",'
        '"stage":"CHARACTERS","code":"X","message":"No answer."}'
    )
    failed = CODEC.decode("GenerationFailed", 1, old)
    assert isinstance(failed, GenerationFailed)
    assert (failed.usage, failed.cost_usd, failed.price_source) == ({}, None, None)
