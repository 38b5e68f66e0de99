"""What the muse writes, over sparks of every form: whole, distinct, carried through the stages, the same every time."""

import asyncio
import re
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from genesis_types.enums import GenesisStage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.genesis.commands import Spark
from domain.genesis.proposals import StageRecord
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.contents import texts
from infrastructure.writers.muse.lexicon import GENRES, load
from infrastructure.writers.muse.proposing import propose
from infrastructure.writers.muse.spark import sentences
from tests.support.writers import genesis, proposal, request
from tests.unit.muse.sparks import CHINESE, ENGLISH, PARAGRAPH

CONCEPT, STORY, CHARACTERS = GenesisStage.CONCEPT_SELECTION, GenesisStage.STORY_CONCEPTION, GenesisStage.CHARACTERS
WORLD, PLOT = GenesisStage.WORLDVIEW, GenesisStage.PLOT_OUTLINE
Journeys = list[tuple[str, dict[GenesisStage, Any]]]

ARTEFACTS = re.compile(
    r"  | [,.;:!?]|[{}|\[\]]|\b(?:a|an|the) (?:a|an|the)\b|\b([A-Za-z]+) \1\b|,,|\.\.(?!\.)|\?\.|,\.|’s’s|“”"
    r"|\ba (?!one)[aeio]\w"
    r"|\ban [bcdfgjklmnpqrstvwxyz]\w|\bs?he (?:have|are|were)\b|\bthey (?:has|is)\b|(?<=[.!?] )[a-z]"
)
ARTEFACTS_ZH = re.compile(r"[{}|\[\]]|的的|，。|。。|，，|、。|[\u3400-\u9fff][,;!?]|\bNone\b|“”|[A-Za-z]{3,}")
KEYS = {"id", "role", "key", "kind", "type", "status", "structure", "act", "part"}


def journeys(sparks: list[str], language: str) -> Journeys:
    return [
        (
            spark,
            asyncio.run(
                genesis(spark, language, genre=GENRES[index % 10] if index % 2 else "", session=UUID(int=index + 1))
            ),
        )
        for index, spark in enumerate(sparks)
    ]


@pytest.fixture(scope="module")
def english() -> Journeys:
    return journeys(ENGLISH, "en")


@pytest.fixture(scope="module")
def chinese() -> Journeys:
    return journeys(CHINESE, "zh-CN")


def prose(value: object) -> list[str]:
    """The texts of contents that are no keys."""

    def bare(node: object) -> object:
        if isinstance(node, dict):
            return {k: bare(v) for k, v in node.items() if k not in KEYS and not k.endswith(("_id", "_ids"))}
        return [bare(item) for item in node] if isinstance(node, list) else node

    return list(texts(bare(value)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_template_shows_through(language: str, request: pytest.FixtureRequest) -> None:
    journey: Journeys = request.getfixturevalue("english" if language == "en" else "chinese")
    pattern = ARTEFACTS if language == "en" else ARTEFACTS_ZH
    for spark, contents in journey:
        own = " ".join(spark.split())[:20]
        for text in prose(list(contents.values())):
            if not (own and own in text):  # what the writer brought is quoted as it is
                assert not pattern.search(text), (spark, text)
                assert "None" not in text.split(), (spark, text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_sentence_stands_twice_in_a_proposal(language: str, request: pytest.FixtureRequest) -> None:
    journey: Journeys = request.getfixturevalue("english" if language == "en" else "chinese")
    shortest = 24 if language == "en" else 9
    for spark, contents in journey:
        for stage, content in contents.items():
            every = [
                part.strip()
                for text in prose({key: value for key, value in content.items() if key not in ("acts", "factions")})
                for part in sentences(re.sub("[“”]", "", text))
            ]
            twice = [text for text, count in Counter(every).items() if count > 1 and len(text) > shortest]
            assert not [text for text in twice if text not in spark], (spark, stage, twice)


@pytest.mark.parametrize(("sparks", "language", "limit"), [(ENGLISH, "en", 320), (CHINESE, "zh", 120)])
def test_a_spark_is_quoted_whole_or_by_whole_sentences_or_not_at_all(
    sparks: list[str], language: str, limit: int
) -> None:
    marks = str.maketrans(dict.fromkeys("“”‘’\"'", ""))
    for spark in sparks:
        said = " ".join(spark.split()).translate(marks)
        if 0 < len(spark) < limit and any(sign.isalnum() for sign in spark):
            for content in propose(request(CONCEPT, spark, language=language))[0]:
                assert said in str(content["hook"]).translate(marks), spark


def test_a_long_paragraph_is_quoted_by_its_first_whole_sentences() -> None:
    hook = str(propose(request(CONCEPT, PARAGRAPH * 60, count=1))[0][0]["hook"])
    quoted = re.search("“(.*?)”", hook)
    assert quoted is not None
    assert PARAGRAPH.startswith(quoted[1])
    assert quoted[1].endswith(".")


@pytest.mark.parametrize(
    ("spark", "figure", "language"),
    [
        ("A lighthouse keeper who has been dead for ten years keeps answering the radio", "a lighthouse keeper", "en"),
        ("An assassin opens a bakery", "an assassin", "en"),
        ("Two sisters inherit a circus", "the younger of two sisters", "en"),
        ("一个死了十年的守灯塔人还在回答电台", "一名守灯塔人", "zh"),
    ],
)
def test_a_person_whom_the_lexicon_knows_is_the_first_protagonist(spark: str, figure: str, language: str) -> None:
    first, second, third = propose(request(CONCEPT, spark, language=language))[0]
    assert figure in str(first["protagonist_sketch"])
    assert figure not in str(second["protagonist_sketch"])
    assert figure not in str(third["protagonist_sketch"])


@pytest.mark.parametrize("spark", ["Don't judge me", "The Baker Street irregulars", "a body that isn't mine", "I spy"])
def test_a_word_that_is_not_surely_one_of_the_lexicons_enters_no_sentence(spark: str) -> None:
    for content in propose(request(CONCEPT, spark))[0]:
        rest = " ".join(str(content[key]) for key in ("title", "logline", "premise_question", "protagonist_sketch"))
        assert not re.search(r"\b(?:judge|baker|bakery|mine|spy|file)\b", rest, re.IGNORECASE), rest


@pytest.mark.parametrize("spark", ["a shop that sells china", "a scar that mars her face", "a titan of industry"])
def test_a_place_has_its_capital(spark: str) -> None:
    for content in propose(request(CONCEPT, spark))[0]:
        assert not re.search(r"\b(?:China|Mars|Titan)\b", str(content["title"]) + str(content["logline"]))


@pytest.mark.parametrize("spark", ["Will", "Rose", "Mark and Hope", "Grace"])
def test_a_name_that_is_also_a_word_names_nobody(spark: str) -> None:
    for content in propose(request(CONCEPT, spark))[0]:
        assert not set(spark.split()) & set(str(content["protagonist_sketch"]).replace(",", "").split()[:2])


@pytest.mark.parametrize(("language", "sparks"), [("en", ENGLISH[::7]), ("zh", CHINESE[::7])])
def test_three_concepts_differ_in_protagonist_conflict_and_end(language: str, sparks: list[str]) -> None:
    for index, spark in enumerate(sparks):
        contents, _ = propose(request(CONCEPT, spark, language=language, session=UUID(int=index + 1)))
        for key in ("protagonist_sketch", "central_conflict", "stakes", "unique_angle", "title", "logline"):
            assert len({str(content[key]) for content in contents}) == 3, (spark, key)
        people = [re.split("[,，:：]", str(content["protagonist_sketch"]))[2] for content in contents]
        assert len(set(people)) == 3, (spark, people)


@pytest.mark.parametrize(("language", "sparks"), [("en", ENGLISH[::7]), ("zh", CHINESE[::7])])
def test_ten_concepts_have_ten_titles_and_ten_angles(language: str, sparks: list[str]) -> None:
    for spark in sparks:
        contents, _ = propose(request(CONCEPT, spark, language=language, count=10))
        assert len({content["title"] for content in contents}) == 10
        assert len({str(content["unique_angle"])[:8] for content in contents}) == 10
        assert len({content["logline"] for content in contents}) == 10


def test_loglines_are_whole_and_short(english: Journeys, chinese: Journeys) -> None:
    for spark, contents in english:
        logline = str(contents[CONCEPT]["logline"])
        assert len(logline.split()) < 25, spark
        assert logline.endswith("."), (spark, logline)
    for spark, contents in chinese:
        assert str(contents[CONCEPT]["logline"]).endswith(("。", "”。")), spark


def test_chinese_titles_have_two_to_seven_characters(chinese: Journeys) -> None:
    for spark, contents in chinese:
        story: Any = contents[STORY]
        for title in (story["working_title"], *story["alternative_titles"]):
            assert 2 <= len(str(title)) <= 7, (spark, title)


def test_names_places_and_objects_carry_over_from_stage_to_stage(english: Journeys, chinese: Journeys) -> None:
    for spark, contents in (*english, *chinese):
        people = contents[CHARACTERS]["characters"]
        hero, rival = people[0]["name"], people[1]["name"]
        assert str(contents[CONCEPT]["protagonist_sketch"]).startswith(hero), spark
        assert hero in str(contents[STORY]["premise_sentence"]), spark
        assert rival in " ".join(texts(contents[PLOT])), spark
        assert 5 <= len(people) <= 6
        ids = {person["id"] for person in people}
        assert all(relation["target_id"] in ids for person in people for relation in person["relations"]), spark
        assert all(person["relations"] for person in people)
        world = contents[WORLD]
        place = world["setting"]["place"]
        assert place.lower() in " ".join(texts(contents[PLOT])).lower(), spark
        object_ = world["motifs"][0]
        assert object_ in " ".join(texts(contents[PLOT])).replace("The ", "the "), spark
        locations = {location["id"] for location in world["locations"]}
        for chapter in contents[PLOT]["chapters"]:
            assert set(chapter["character_ids"]) <= ids, spark
            assert chapter["location_ids"], spark
            assert set(chapter["location_ids"]) <= locations, spark
        assert contents[STORY]["working_title"] == contents[CONCEPT]["title"]


def test_what_happens_is_the_same_in_every_stage(english: Journeys) -> None:
    for spark, contents in english:
        story, hero = contents[STORY], contents[CHARACTERS]["characters"][0]
        beats = " ".join(beat["summary"] for beat in contents[PLOT]["beats"])
        assert hero["arc"]["end"] == story["one_paragraph"]["ending"], spark
        assert story["one_paragraph"]["ending"] in beats, spark


def test_a_plot_has_its_storys_structure_with_the_presets_beats(english: Journeys) -> None:
    for spark, contents in english:
        plot, story = contents[PLOT], contents[STORY]
        preset = load("beats")[str(story["structure"])]["beats"]
        assert plot["structure"] == story["structure"]
        assert [(beat["key"], beat["target_pct"]) for beat in plot["beats"]] == [tuple(beat) for beat in preset], spark
        assert len(plot["chapters"]) >= 12
        assert sum(chapter["target_words"] for chapter in plot["chapters"]) == story["target_words"]
        assert all(thread["planned_payoff"] for thread in plot["threads"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_chapters_hook_is_answered_in_a_later_chapter(language: str, request: pytest.FixtureRequest) -> None:
    journey: Journeys = request.getfixturevalue("english" if language == "en" else "chinese")
    answers = {row["hook"]: row["answer"] for row in load(f"{language}/plot")["chapters"] if row["hook"]}
    shapes = {_shape(hook): _shape(answer) for hook, answer in answers.items()}
    for spark, contents in journey[::5]:
        chapters = contents[PLOT]["chapters"]
        for at, chapter in enumerate(chapters[:-1]):
            answer = next(answer for hook, answer in shapes.items() if hook.fullmatch(chapter["hook"]))
            assert any(answer.search(later["summary"]) for later in chapters[at + 1 :]), (spark, chapter["hook"])


def _shape(template: str) -> re.Pattern[str]:
    """A template as a pattern for what it can become."""
    return re.compile(re.sub(r"\\{.*?\\}|\\\[.*?\\\]", ".+", re.escape(template)))


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
