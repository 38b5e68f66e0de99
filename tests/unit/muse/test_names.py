"""Names: by the place that a spark names, given by the writer, and what the confirmed stages still call people."""

from typing import Any

import pytest
from genesis_types.enums import GenesisStage

from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.plan import sex_of_name
from infrastructure.writers.muse.proposing import propose
from tests.support.writers import genesis, request
from tests.unit.muse.test_feedback import KEEPER, refined, said_in, text

CONCEPT, STORY, CHARACTERS = GenesisStage.CONCEPT_SELECTION, GenesisStage.STORY_CONCEPTION, GenesisStage.CHARACTERS
WORLD, PLOT = GenesisStage.WORLDVIEW, GenesisStage.PLOT_OUTLINE


@pytest.mark.parametrize(
    ("language", "spark", "pool"),
    [
        ("en", "A widow in Iceland keeps a radio", "nordic"),
        ("en", "detective, cat, Paris", "french"),
        ("en", "A ghost train out of Tokyo", "japanese"),
        ("zh", "京都的最后一位艺伎", "日本"),
        ("zh", "巴黎，一只猫和一个侦探", "欧美"),
    ],
)
async def test_people_of_a_place_have_names_of_that_place(language: str, spark: str, pool: str) -> None:
    names = load(f"{language}/names")[pool]
    people: Any = (await genesis(spark, language))[CHARACTERS]["characters"]
    for person in people:
        name = person["name"]
        assert any(family in name for family in names["surnames"]), name
        assert any(given in name for given in (*names["f"], *names["m"])), name


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_place_with_names_of_its_own_is_in_the_lexicon_and_no_name_has_two_sexes(language: str) -> None:
    lexicon, pools = load(f"{language}/lexicon"), load(f"{language}/names")
    for pool, places in lexicon["regions"].items():
        assert len(pools[pool]["f"]) == len(pools[pool]["m"]) == len(pools[pool]["surnames"]) == 12, pool
        assert set(places) <= set(lexicon["places"])
    for pool in pools.values():
        assert all(sex_of_name(language, name) == sex for sex in ("f", "m") for name in pool[sex])


@pytest.mark.parametrize(
    ("seed", "said", "language"),
    [
        ("一个死了十年的守塔人仍在接听无线电", "把守塔人改成女人，叫英格丽", "zh"),
        ("一个死了十年的守灯塔人仍在接听无线电", "把守塔人改成女人，叫英格丽", "zh"),
        ("A grandma robs a bank", "Rename the grandma to Ingrid", "en"),
        ("A lighthouse-keeper collects voices", "Rename the lighthouse-keeper to Ingrid", "en"),
    ],
)
async def test_somebody_of_the_spark_is_meant_by_every_word_for_them(seed: str, said: str, language: str) -> None:
    _, after, notes = refined(said, seed=seed, language=language)
    assert {"en": "Ingrid", "zh": "英格丽"}[language] in str(after["protagonist_sketch"])
    assert not [note for note in notes if "cannot act" in note or "无法照办" in note]


async def test_a_translated_name_is_long_once_and_then_its_first_part() -> None:
    before, after, _ = refined("主角改成女人", seed="冰岛的守灯塔人", language="zh")
    for content in (before, after):
        name = str(content["protagonist_sketch"]).split("，")[0]
        first, mark, last = name.partition("·")
        assert mark
        assert last
        assert name not in str(content["central_conflict"])
        assert first in str(content["central_conflict"])


async def test_earlier_wishes_hold_in_every_later_stage() -> None:
    said = "make the protagonist a woman named Sunniva, set it in Lisbon, no bells"
    concept = refined(said)[1]
    confirmed = {CONCEPT: concept}
    for stage in (STORY, CHARACTERS, WORLD, PLOT):
        asked = request(stage, KEEPER, confirmed=dict(confirmed), earlier=said_in(CONCEPT, said), count=1)
        contents, adjustments = propose(asked)
        confirmed[stage] = contents[0]
        assert "Sunniva" in text(contents[0]), stage
        assert "Lisbon" in text(contents[0]), stage
        assert " bell" not in text(contents[0]).lower(), stage
        assert any("Sunniva" in line for line in adjustments[0]), adjustments
    people: Any = confirmed[CHARACTERS]["characters"]
    assert people[0]["name"].startswith("Sunniva ")


async def test_what_was_confirmed_counts_for_more_than_what_was_said_before() -> None:
    concept = propose(request(count=1))[0][0]
    asked = request(STORY, confirmed={CONCEPT: concept}, earlier=said_in(CONCEPT, "call her Sunniva"), count=1)
    story = propose(asked)[0][0]
    name = str(concept["protagonist_sketch"]).split()[0]
    assert name in text(story)
    assert "Sunniva" not in text(story)


async def test_a_rename_in_a_later_stage_names_the_confirmed_places_with_the_old_name() -> None:
    whole = await genesis(KEEPER)
    confirmed = {key: whole[key] for key in (CONCEPT, STORY)}
    name = str(whole[CONCEPT]["protagonist_sketch"]).split()[0]
    _, after, said = refined("the protagonist is called Ingrid", CHARACTERS, confirmed=confirmed)
    people: Any = after["characters"]
    assert people[0]["name"].startswith("Ingrid ")
    assert name not in text(after)
    line = next(line for line in said if name in line)
    assert "the concept (protagonist)" in line
    assert "the story (premise sentence" in line or "the story (premise" in line
