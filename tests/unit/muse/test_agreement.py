"""What the muse writes agrees with itself: a book that nobody renamed is never said to contradict itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.genesis.agreement import contradictions
from domain.genesis.naming import former_names
from domain.genesis.proposals import StageRecord
from domain.genesis.settled import Settled
from infrastructure.writers.muse.proposing import propose
from tests.support.writers import genesis, proposal, request
from tests.unit.muse import sparks

SEEDS = [
    *sparks.CLAUSES, *sparks.QUESTIONS, *sparks.FRAGMENTS, *sparks.NAMES, *sparks.LISTS, *sparks.QUOTES, *sparks.ODD
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(seed=st.sampled_from(SEEDS), language=st.sampled_from(["en", "zh"]), said=st.sampled_from(["darker", "更长"]))
async def test_a_book_that_nobody_renamed_agrees_with_itself(seed: str, language: str, said: str) -> None:
    confirmed = await genesis(seed, language)
    assert contradictions({stage: Settled(content) for stage, content in confirmed.items()}) == ()
    stages = {}
    for stage, content in confirmed.items():
        target = proposal(stage, content)
        asked = request(
            stage, seed, language=language, confirmed=confirmed, record=StageRecord(proposals=(target,)),
            target=target, said=said,
        )  # fmt: skip
        refined = propose(asked)[0][0]
        stages[stage] = Settled(refined, former_names((), [content], refined))
    assert contradictions(stages) == ()


@pytest.mark.parametrize(("language", "name"), [("en", "Zenobia Quist"), ("zh", "欧阳听雪")])
async def test_a_rename_is_found_wherever_the_muse_wrote_the_name(language: str, name: str) -> None:
    confirmed = await genesis("a lighthouse keeper who collects lost voices", language)
    cast = next(content for content in confirmed.values() if "characters" in content)
    people: list[dict[str, str]] = cast["characters"]  # type: ignore[assignment]
    old = people[0]["name"]
    renamed = {"characters": [people[0] | {"name": name}, *people[1:]]}
    stages = {stage: Settled(content) for stage, content in confirmed.items() if content is not cast}
    (own,) = (stage for stage, content in confirmed.items() if content is cast)
    stages[own] = Settled(renamed, former_names((), [cast], renamed))
    found = contradictions(stages)
    assert found
    assert {one.names for one in found} == {((old, name),)}
    assert all(one.proposed and old not in one.proposed and name.split(maxsplit=1)[0] in one.proposed for one in found)
