"""What the muse writes, over many sparks: valid, distinct, without a trace of its templates, the same every time."""

import asyncio
import itertools
import json
import re
from uuid import UUID

import pytest
from genesis_types.enums import GenesisStage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.genesis.commands import Spark
from domain.genesis.proposals import Content, StageRecord
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.muse.carry import texts
from infrastructure.writers.muse.lexicon import GENRES, load
from infrastructure.writers.muse.proposing import propose
from infrastructure.writers.muse.writer import Muse
from tests.support.writers import genesis, proposal, request, written

CONCEPT, PLOT = GenesisStage.CONCEPT_SELECTION, GenesisStage.PLOT_OUTLINE

_WHO = [
    "a lighthouse keeper",
    "two sisters",
    "the last dragon rider",
    "an honest forger",
    "a boy named Tom",
    "retired spies",
]
_DEED = ["who collects lost voices", "who must lie to stop a war", "who can hear the dead", "in a drowned city", ""]
_THINGS = [
    "What if memory could be taxed?", "Two sisters inherit a failing circus in 1930s Vienna", "grief", "dragons",
    "the last bookshop on Mars", "I wake up in a body that isn't mine", "The moon disappears one night", "AI",
    "Anna finds a key under the floor", "love letters to a stranger", "What if a town forgot its own name?",
    "a hotel for retired superheroes", "Murder on a generation ship", "My grandmother was a spy; I am not.",
    "a baker and a food critic trapped in an elevator", "the house next door has been getting closer",
    "When the last library burns, its books start talking", "A retired assassin opens a kindergarten",
    "Cinderella but in space", "My dog can talk", "Sherlock Holmes meets Dracula", "Her mother's garden grows teeth",
    "an island where nobody ages", "Why the sea hates us", "Elena steals her own portrait from the Louvre",
    "an ordinary accountant finds out he is the villain of somebody else's story", "blue",
    "100 years of silence", "She wakes up married to her enemy",
    "A widow inherits a haunted vineyard and must outwit her late husband's ghost, who wants the wine back",
]  # fmt: skip
ENGLISH = [f"{who} {deed}".strip() for who, deed in itertools.product(_WHO, _DEED)] + _THINGS
_WHO_ZH = ["守灯塔人", "钟表匠", "女侦探", "机器人", "两姐妹", "最后一个说书人"]
_DEED_ZH = ["一个收集失落声音的", "一个能听见亡者说话的", "退休的", "住在火星上的", ""]
_THINGS_ZH = [
    "如果记忆可以被征税会怎样？", "两姐妹在1930年代的维也纳继承了一家破败的马戏团", "悲伤", "龙", "火星上最后一家书店",
    "我在别人的身体里醒来", "月亮在一夜之间消失了", "民国上海，一个女侦探", "母亲的债", "一只会说话的狐狸爱上了捕快",
    "退休的杀手开了一家幼儿园", "外婆的秘密", "她偷走了自己的画像",
    "住在孤岛上的老奶奶", "如果所有人都不能说谎",
    "江南小镇的裁缝替死者缝补寿衣", "如果一座城忘记了自己的名字",
]  # fmt: skip
CHINESE = [deed + who for who, deed in itertools.product(_WHO_ZH, _DEED_ZH)] + _THINGS_ZH

ARTEFACTS = re.compile(
    r"  | [,.;:!?]|[{}<>|\[\]]|\b(?:a|an|the) (?:a|an|the)\b|\b(\w+) \1\b|,,|\.\.(?!\.)|\?\.|,\.|’s’s|“”"
    r"|\ba [aeio]\w|\ban [bcdfgjklmnpqrstvwxyz]\w|\bs?he have\b|\bthey has\b"
)
ARTEFACTS_ZH = re.compile(r"[{}<>|\[\]]|的的|，。|。。|，，|、。|[\u3400-\u9fff][,;!?]|\bNone\b|“”|[A-Za-z]{3,}")


def journeys(sparks: list[str], language: str) -> list[tuple[str, dict[GenesisStage, Content]]]:
    return [
        (spark, asyncio.run(genesis(spark, language, genre=GENRES[index % len(GENRES)], session=UUID(int=index + 1))))
        for index, spark in enumerate(sparks)
    ]


@pytest.fixture(scope="module")
def english() -> list[tuple[str, dict[GenesisStage, Content]]]:
    return journeys(ENGLISH, "en")


@pytest.fixture(scope="module")
def chinese() -> list[tuple[str, dict[GenesisStage, Content]]]:
    return journeys(CHINESE, "zh-CN")


def test_no_template_shows_through_in_english(english: list[tuple[str, dict[GenesisStage, Content]]]) -> None:
    for spark, contents in english:
        for text in texts(list(contents.values())):
            assert not ARTEFACTS.search(text), (spark, text)
            assert "None" not in text.split(), (spark, text)


def test_no_template_and_no_english_shows_through_in_chinese(
    chinese: list[tuple[str, dict[GenesisStage, Content]]],
) -> None:
    identifiers = {"id", "role", "key", "kind", "type", "status", "structure", "target_id", "parent_id"}
    for spark, contents in chinese:
        for text in texts(_without(list(contents.values()), identifiers)):
            assert not ARTEFACTS_ZH.search(text), (spark, text)


def _without(value: object, keys: set[str]) -> object:
    if isinstance(value, dict):
        return {k: _without(v, keys) for k, v in value.items() if k not in keys and not k.endswith(("_id", "_ids"))}
    return [_without(item, keys) for item in value] if isinstance(value, list) else value


def test_the_sparks_own_words_are_in_every_concept(english: list[tuple[str, dict[GenesisStage, Content]]]) -> None:
    for spark, contents in english:
        said = " ".join(texts(contents[CONCEPT])).lower()
        words = re.findall(r"[a-z]{4,}", spark.lower())
        assert sum(word in said for word in words) >= len(words) * 0.6, (spark, contents[CONCEPT]["logline"])


def test_loglines_are_whole_and_short(english: list[tuple[str, dict[GenesisStage, Content]]]) -> None:
    for spark, contents in english:
        logline = str(contents[CONCEPT]["logline"])
        assert len(logline.split()) <= 25, spark
        assert logline.endswith("."), (spark, logline)


@pytest.mark.parametrize(("language", "sparks"), [("en", ENGLISH[::7]), ("zh", CHINESE[::7])])
def test_ten_concepts_have_ten_titles_and_ten_angles(language: str, sparks: list[str]) -> None:
    for spark in sparks:
        contents, _ = propose(request(CONCEPT, spark, language=language, count=10))
        assert len({content["title"] for content in contents}) == 10
        assert len({str(content["unique_angle"])[:8] for content in contents}) == 10
        assert len({content["logline"] for content in contents}) == 10


def test_names_places_and_threads_carry_over_from_stage_to_stage(
    english: list[tuple[str, dict[GenesisStage, Content]]], chinese: list[tuple[str, dict[GenesisStage, Content]]]
) -> None:
    for spark, contents in (*english, *chinese):
        people = json.loads(json.dumps(contents[GenesisStage.CHARACTERS]))["characters"]
        hero = people[0]["name"]
        assert str(contents[CONCEPT]["protagonist_sketch"]).startswith(hero), spark
        assert hero in str(contents[GenesisStage.STORY_CONCEPTION]["premise_sentence"]), spark
        ids = {person["id"] for person in people}
        assert 3 <= len(people) <= 6
        assert people[0]["relations"]
        assert all(relation["target_id"] in ids for person in people for relation in person["relations"]), spark
        plot = json.loads(json.dumps(contents[PLOT]))
        places = {place["id"] for place in json.loads(json.dumps(contents[GenesisStage.WORLDVIEW]))["locations"]}
        for chapter in plot["chapters"]:
            assert set(chapter["character_ids"]) <= ids, spark
            assert set(chapter["location_ids"]) <= places, spark
        assert str(contents[GenesisStage.STORY_CONCEPTION]["working_title"]) == contents[CONCEPT]["title"]


def test_a_plot_has_its_storys_structure_with_the_presets_beats(
    english: list[tuple[str, dict[GenesisStage, Content]]],
) -> None:
    for spark, contents in english:
        plot, story = json.loads(json.dumps(contents[PLOT])), contents[GenesisStage.STORY_CONCEPTION]
        preset = load("beats")[str(story["structure"])]["beats"]
        assert plot["structure"] == story["structure"]
        assert [(beat["key"], beat["target_pct"]) for beat in plot["beats"]] == [tuple(beat) for beat in preset], spark
        assert len(plot["chapters"]) >= 12
        assert sum(chapter["target_words"] for chapter in plot["chapters"]) == story["target_words"]
        assert all(thread["planned_payoff"] for thread in plot["threads"])


@pytest.mark.parametrize("stage", list(STAGE_BY_KEY))
async def test_the_same_request_brings_the_same_and_another_round_something_else(stage: GenesisStage) -> None:
    confirmed = {key: value for key, value in (await genesis(ENGLISH[0])).items() if key != stage}
    first, _ = propose(request(stage, confirmed=confirmed, count=1))
    assert propose(request(stage, confirmed=confirmed, count=1))[0] == first
    record = StageRecord(proposals=(proposal(stage, first[0]),))
    second, _ = propose(request(stage, confirmed=confirmed, record=record, count=1))
    before, after = list(texts(first)), list(texts(second))
    assert sum(text not in after for text in before) > len(before) * 0.12


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spark=st.text(max_size=300), language=st.sampled_from(["en", "zh", "fr"]), genre=st.text(max_size=20))
def test_whatever_the_spark_the_content_is_valid(spark: str, language: str, genre: str) -> None:
    try:
        TypeAdapter(Spark).validate_python(spark)
    except ValidationError:
        return
    contents, said = propose(request(CONCEPT, spark, language=language, genre=genre, count=3))
    for content in contents:
        STAGE_BY_KEY[CONCEPT].content.model_validate(content)
    assert len({content["title"] for content in contents}) == 3
    if language == "fr":
        assert any("fr" in line for line in said[0])


async def test_drafts_come_at_once_and_grow_sentence_by_sentence() -> None:
    drafts, end = await written(Muse(), request(count=3))
    assert 25 <= len(drafts) <= 60
    assert drafts[0].contents == ()
    assert {draft.phase for draft in drafts} == {"reading", "concepts", "writing", "checking"}
    assert [draft.percent for draft in drafts] == sorted(draft.percent for draft in drafts)
    sizes = [len(json.dumps(draft.contents)) for draft in drafts]
    assert sizes == sorted(sizes)
    assert drafts[-1].contents == end.contents
    assert (end.writer, end.model, end.cost_usd, end.price_source) == ("muse", "muse-1", 0.0, "none")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("seed", "instructions"),
    [("W" * 2000, ""), ("https://example.org/" + "a" * 600, ""), ("a lamp", "call it " + "X" * 3900), ("🌊" * 900, "")],
)
async def test_one_unbroken_word_of_any_length_is_cut_and_never_a_crash(
    seed: str, instructions: str, language: str
) -> None:
    _, proposed = await written(
        Muse(pace_seconds=0), request(CONCEPT, seed=seed, language=language, instructions=instructions)
    )
    for content in proposed.contents:
        assert STAGE_BY_KEY[CONCEPT].content.model_validate(content)
