"""The muse as a writer: drafts from the first moment, and no word too long for it."""

import json

import pytest
from genesis_types.enums import GenesisStage

from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.muse.writer import Muse
from tests.support.writers import request, written

CONCEPT = GenesisStage.CONCEPT_SELECTION


async def test_drafts_come_at_once_and_grow_sentence_by_sentence() -> None:
    drafts, end = await written(Muse(), request(count=3))
    assert 25 <= len(drafts) <= 60
    assert drafts[0].contents == ()
    assert {draft.phase for draft in drafts} == {"reading", "concepts", "writing", "checking"}
    assert [draft.percent for draft in drafts] == sorted(draft.percent for draft in drafts)
    sizes = [len(json.dumps(draft.contents)) for draft in drafts]
    assert sizes == sorted(sizes)
    assert drafts[-1].contents == end.contents
    assert (end.writer, end.model, end.cost_usd, end.price_source) == ("muse", "muse-2", 0.0, "none")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("seed", "instructions"),
    [("W" * 2000, ""), ("https://example.org/" + "a" * 600, ""), ("a lamp", "call it " + "X" * 3900), ("🌊" * 900, "")],
)
async def test_one_unbroken_word_of_any_length_is_never_a_crash_and_never_cut(
    seed: str, instructions: str, language: str
) -> None:
    _, proposed = await written(
        Muse(pace_seconds=0), request(CONCEPT, seed=seed, language=language, instructions=instructions)
    )
    for content in proposed.contents:
        STAGE_BY_KEY[CONCEPT].content.model_validate(content)
        assert seed not in str(content["hook"]) or len(seed) < 100
