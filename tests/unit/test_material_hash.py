"""The hash of what a writer is given: the same for the same again, another when something else is to be written."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from genesis_types.enums import GenesisStage

from application.writer_request import material_hash
from domain.genesis.proposals import StageRecord
from tests.support.writers import proposal, request

ASKED = request(GenesisStage.CHARACTERS, "a lamp", count=1)
NOTE = proposal(GenesisStage.CONCEPT_SELECTION, {"title": "The Lamp"})


def test_another_click_for_the_same_has_the_same_hash() -> None:
    again = ASKED.work.model_copy(update={"correlation_id": UUID(int=9), "command_id": UUID(int=8), "turn": 4})
    assert material_hash(replace(ASKED, work=again)) == material_hash(ASKED)
    assert material_hash(replace(ASKED, kept={"cast": {}}, wasted=2)) == material_hash(ASKED)


@pytest.mark.parametrize(
    "other",
    [
        request(GenesisStage.WORLDVIEW, "a lamp", count=1),
        request(GenesisStage.CHARACTERS, "a well", count=1),
        request(GenesisStage.CHARACTERS, "a lamp", count=1, language="zh-CN"),
        request(GenesisStage.CHARACTERS, "a lamp", count=1, instructions="Let the sea win."),
        request(GenesisStage.CHARACTERS, "a lamp", count=2),
        request(GenesisStage.CHARACTERS, "a lamp", confirmed={GenesisStage.CONCEPT_SELECTION: {"title": "The Lamp"}}),
        request(GenesisStage.CHARACTERS, "a lamp", record=StageRecord(proposals=(NOTE,))),
        request(GenesisStage.CHARACTERS, "a lamp", record=StageRecord(locked_paths=("/characters/mara/name",))),
        request(GenesisStage.CHARACTERS, "a lamp", target=NOTE, said="Call her Ines."),
    ],
    ids=["stage", "spark", "language", "wishes", "count", "confirmed", "proposals", "locks", "note"],
)
def test_whatever_changes_what_is_written_changes_it(other: Any) -> None:
    assert material_hash(other) != material_hash(ASKED)
