"""What the writer says is done: it shows in the plan and everywhere after, or it is said that it cannot be done."""

import json
from typing import Any
from uuid import UUID

import pytest
from genesis_types.enums import GenesisStage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.genesis.commands import Note
from domain.genesis.proposals import Content, Feedback, StageRecord
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.muse.lexicon import genre
from infrastructure.writers.muse.proposing import propose
from tests.support.writers import NOW, genesis, proposal, request

CONCEPT, STORY, CHARACTERS = GenesisStage.CONCEPT_SELECTION, GenesisStage.STORY_CONCEPTION, GenesisStage.CHARACTERS
WORLD, PLOT = GenesisStage.WORLDVIEW, GenesisStage.PLOT_OUTLINE
KEEPER, KEEPER_ZH = "a lighthouse keeper who collects lost voices", "一个收集失落声音的守灯塔人"
RADIO = "A lighthouse keeper who has been dead for ten years keeps answering the radio"
WISH = "Make the keeper a woman called Ingrid, set it in Iceland in 1953, and drop the magic"


def refined(
    said: str, stage: GenesisStage = CONCEPT, seed: str = KEEPER, *, path: str | None = None, **more: Any
) -> tuple[Content, Content, tuple[str, ...]]:
    """(before, after, what is said to have changed)"""
    before = propose(request(stage, seed, count=1, **more))[0][0]
    target = proposal(stage, before)
    record = StageRecord(proposals=(target,))
    contents, adjustments = propose(request(stage, seed, record=record, target=target, said=said, path=path, **more))
    return before, contents[0], adjustments[0]


def text(content: Content) -> str:
    return json.dumps({key: value for key, value in content.items() if key != "adjustments_made"}, ensure_ascii=False)


def said_in(stage: GenesisStage, words: str) -> tuple[tuple[GenesisStage, Feedback], ...]:
    return ((stage, Feedback(id=UUID(int=5), proposal_id=UUID(int=6), text=words, created_at=NOW)),)


@pytest.mark.parametrize("session", [UUID(int=number) for number in range(1, 8)])
def test_a_name_a_sex_a_place_a_time_and_a_drop_in_one_sentence(session: UUID) -> None:
    before, after, said = refined(WISH, seed=RADIO, session=session)
    assert str(after["protagonist_sketch"]).startswith("Ingrid ")
    assert " She " in str(after["protagonist_sketch"])
    assert str(after["hook"]).startswith("Iceland, 1953. ")
    assert f"“{RADIO}”" in str(after["hook"])
    assert after["genre"] != "fantasy"
    assert "magic" not in text(after).lower()
    for gone in (before["genre"], *genre("en", "fantasy")["tokens"], *genre("en", "fantasy")["posts"]):
        assert str(gone) not in text(after), gone
    assert "in 1953" not in text(after), "the place is Iceland, the time is 1953"
    for words in ("Ingrid", "Iceland", "1953", "magic"):
        assert any(words in line for line in said), said


@pytest.mark.parametrize(
    ("said", "appears", "sentence"),
    [
        ("make the protagonist a woman named Sunniva", "Sunniva", "Sunniva"),
        ("Please call her Ada Lovelace.", "Ada Lovelace", "Ada Lovelace"),
        ("call it The Salt Road", "The Salt Road", "The Salt Road"),
        ("The title should be “Low Water”", "Low Water", "Low Water"),
        ("set it in Lisbon", "Lisbon", "Lisbon"),
        ("move the story to Buenos Aires, please", "Buenos Aires", "Buenos Aires"),
        ("the villain should be called Hob Carver", "Hob Carver", "antagonist"),
        ("call the villain Siobhan O'Neill", "Siobhan O'Neill", "O'Neill"),
        ("the hero is called Hendrik van der Berg", "Hendrik van der Berg", "van der Berg"),
        ("call her Rose", "Rose ", "Rose"),
        ("make her a retired nurse", "a retired nurse", "retired nurse"),
        ("add a talking fox", "“a talking fox”", "talking fox"),
    ],
)
def test_what_was_named_appears(said: str, appears: str, sentence: str) -> None:
    before, after, adjustments = refined(said)
    assert appears not in text(before)
    assert appears in text(after)
    assert any(sentence in line for line in adjustments), adjustments
    assert list(adjustments) == after["adjustments_made"]


@pytest.mark.parametrize(
    ("said", "appears", "sentence"),
    [
        ("主角叫林晚", "林晚", "林晚"),
        ("主角叫欧阳清", "欧阳清", "欧阳清"),
        ("主角叫高白", "高白", "高白"),
        ("把地点改到上海", "上海", "上海"),
        ("书名改成《盐路》", "盐路", "盐路"),
        ("加入一只会说话的猫", "“一只会说话的猫”", "会说话的猫"),
    ],
)
def test_what_was_named_appears_in_chinese(said: str, appears: str, sentence: str) -> None:
    before, after, adjustments = refined(said, seed=KEEPER_ZH, language="zh-CN")
    assert appears not in text(before)
    assert appears in text(after)
    assert any(sentence in line for line in adjustments), adjustments


@pytest.mark.parametrize(
    ("seed", "said", "gone", "language"),
    [
        ("a girl who befriends a dragon", "remove the dragon", "dragon", "en"),
        ("a girl who befriends a dragon", "No dragons, please.", "dragon", "en"),
        (KEEPER, "I don't want any lighthouses", "lighthouse", "en"),
        ("与龙为友的女孩", "去掉龙", "龙", "zh"),
        (KEEPER_ZH, "不要灯塔", "灯塔", "zh"),
    ],
)
def test_what_was_rejected_goes(seed: str, said: str, gone: str, language: str) -> None:
    before, after, adjustments = refined(said, seed=seed, language=language)
    assert gone in text(before).lower()
    assert gone not in text(after).lower()
    assert any(gone in line for line in adjustments)


@pytest.mark.parametrize(
    ("said", "language", "shows"),
    [
        ("darker", "en", "darker"),
        ("Make it a bit more hopeful", "en", "warmer"),
        ("more humour please", "en", "funnier"),
        ("更黑暗", "zh", "更黑暗"),
        ("写得幽默一点", "zh", "更幽默"),
    ],
)
def test_a_tone_shows_in_the_text(said: str, language: str, shows: str) -> None:
    before, after, adjustments = refined(said, seed=KEEPER if language == "en" else KEEPER_ZH, language=language)
    assert shows in str(after["tone"])
    assert adjustments
    assert after["hook"] != before["hook"]
    assert str(after["hook"]).startswith(str(before["hook"])), "the rest of it stays"


@pytest.mark.parametrize(
    "said", ["She should hate the sea", "could it rain more?", "what if the fox was her father all along", "嗯", "why"]
)
def test_what_is_not_understood_changes_nothing_and_is_said(said: str) -> None:
    before, after, adjustments = refined(said)
    assert {key for key in after if after[key] != before[key]} <= {"adjustments_made"}
    assert any("cannot act on it" in line and said.rstrip("?") in line for line in adjustments), adjustments


def test_contradictions_are_said_and_nothing_is_done() -> None:
    before, after, adjustments = refined("make her older and younger")
    assert {key for key in after if after[key] != before[key]} <= {"adjustments_made"}
    assert any("older and younger" in line for line in adjustments), adjustments


@pytest.mark.parametrize("said", ["drop everything", "remove it all", "no magic, no people, no places, no story"])
def test_dropping_everything_leaves_whole_sentences(said: str) -> None:
    _, after, adjustments = refined(said)
    assert adjustments
    for key in ("title", "logline", "hook", "premise_question", "central_conflict", "stakes", "protagonist_sketch"):
        assert str(after[key]).strip(), key
        assert "  " not in str(after[key])


def test_a_name_moves_nothing_but_the_name() -> None:
    before, after, _ = refined("the protagonist is called Mara")
    assert {key for key in after if after[key] != before[key]} <= {
        "adjustments_made", "hook", "protagonist_sketch", "central_conflict", "stakes", "premise_question",
    }  # fmt: skip
    assert after["title"] == before["title"]


def test_a_name_that_somebody_else_has_is_taken_from_them() -> None:
    before = propose(request(count=1))[0][0]
    rival = str(before["central_conflict"]).split(", first")[0].rsplit("; ", 1)[1]
    _, after, _ = refined(f"the protagonist is called {rival.split()[0]}")
    assert str(after["protagonist_sketch"]).startswith(rival.split()[0])
    assert rival not in text(after)
    assert rival.split()[1] in text(after), "the surname stays"


def test_somebody_spoken_of_as_they_has_verbs_in_the_plural() -> None:
    for number in range(1, 12):
        _, after, _ = refined("make the protagonist non-binary", session=UUID(int=number))
        for wrong in ("hey has ", "hey is ", "hey was ", "hey keeps ", " he ", " she "):
            assert wrong not in str(after["protagonist_sketch"]), after["protagonist_sketch"]


@pytest.mark.parametrize(
    ("path", "said"), [("/stakes", "darker"), ("/hook", "add the smell of tar"), ("/title", "call it Tar")]
)
def test_feedback_on_a_field_changes_that_field_only(path: str, said: str) -> None:
    before, after, adjustments = refined(said, path=path)
    assert {key for key in after if after[key] != before[key]} == {path[1:], "adjustments_made"}
    assert any(path[1:] in line for line in adjustments)


def test_a_complaint_has_the_part_written_again() -> None:
    before, after, adjustments = refined("I don't like the hook")
    assert after["hook"] != before["hook"]
    assert after["title"] == before["title"]
    assert "Written again: the opening." in adjustments


def test_the_writers_own_edits_survive_a_refinement() -> None:
    before = propose(request(count=1))[0][0]
    name = str(before["protagonist_sketch"]).split()[0]
    edited: Content = {**before, "hook": f"My own hook, about {name} and a tin drum.", "themes": ["drums"]}
    target = proposal(CONCEPT, edited)
    record = StageRecord(proposals=(target,))
    said = "the protagonist should be called Oskar, and make it darker"
    after = propose(request(record=record, target=target, said=said))[0][0]
    assert str(after["hook"]).startswith("My own hook, about Oskar and a tin drum.")
    assert after["themes"] == ["drums"]
    assert "Oskar" in str(after["protagonist_sketch"])


def test_a_second_refinement_builds_on_the_first() -> None:
    before, once, _ = refined("the protagonist should be called Oskar")
    first, second = proposal(CONCEPT, before), proposal(CONCEPT, once, 2, UUID(int=1001))
    feedback = Feedback(
        id=UUID(int=9), proposal_id=first.id, text="the protagonist should be called Oskar", created_at=NOW
    )
    record = StageRecord(proposals=(first, second), feedback=(feedback,))
    twice, _ = propose(request(record=record, target=second, said="set it in Lisbon"))
    assert str(twice[0]["protagonist_sketch"]).startswith("Oskar ")
    assert "Lisbon" in text(twice[0])


@pytest.mark.parametrize("stage", [STORY, CHARACTERS, WORLD, PLOT])
@pytest.mark.parametrize("said", ["darker", "the villain should be called Hob Carver", "add a brass band"])
async def test_every_stage_listens(stage: GenesisStage, said: str) -> None:
    whole = await genesis(KEEPER)
    confirmed = {key: value for key, value in whole.items() if key != stage}
    before, after, adjustments = refined(said, stage, confirmed=confirmed)
    assert after != before
    assert adjustments
    for word in ("Hob Carver", "brass band"):
        assert (word in said) == (word in text(after)), (word, said)


def test_instructions_steer_a_round() -> None:
    contents, adjustments = propose(request(count=3, instructions="set it in Lisbon; call it The Salt Road; no magic"))
    assert all("Lisbon" in text(content) for content in contents)
    assert all(str(content["title"]).startswith("The Salt Road") for content in contents)
    assert len({content["title"] for content in contents}) == 3
    assert all(adjustments)


async def test_a_structure_that_was_asked_for_is_the_storys_and_the_plots() -> None:
    story = refined("use Save the Cat, 120,000 words", STORY)[1]
    assert (story["structure"], story["target_words"]) == ("save_the_cat", 120_000)
    plot: Any = propose(request(PLOT, confirmed={STORY: story}, count=1))[0][0]
    assert plot["beats"][0]["key"] == "opening_image"
    assert sum(chapter["target_words"] for chapter in plot["chapters"]) == 120_000


@pytest.mark.parametrize(
    ("said", "key", "value"),
    [("write it in the first person", "pov", "first person"), ("present tense, please", "tense", "present")],
)
def test_a_way_of_telling_that_was_asked_for_is_taken(said: str, key: str, value: str) -> None:
    for number in range(1, 6):
        assert value in str(refined(said, STORY, session=UUID(int=number))[1][key])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(said=st.text(min_size=1, max_size=400), path=st.sampled_from([None, "/hook", "/title", "/themes", "/themes/0"]))
def test_whatever_is_said_the_content_stays_valid(said: str, path: str | None) -> None:
    try:
        TypeAdapter(Note).validate_python(said)
    except ValidationError:
        return
    after = refined(said, path=path)[1]
    STAGE_BY_KEY[CONCEPT].content.model_validate(after)
    assert after["title"]
