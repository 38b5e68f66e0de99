"""What the writer says is done: named things appear, rejected things go, tones show, and nothing else moves."""

import json
import time
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
from infrastructure.writers.muse.proposing import propose
from infrastructure.writers.muse.wishes import parse
from tests.support.writers import NOW, genesis, proposal, request

CONCEPT, STORY, CHARACTERS = GenesisStage.CONCEPT_SELECTION, GenesisStage.STORY_CONCEPTION, GenesisStage.CHARACTERS
WORLD, PLOT = GenesisStage.WORLDVIEW, GenesisStage.PLOT_OUTLINE
FAIRGROUND = "make it feel like a fairground at closing time"
KEEPER, KEEPER_ZH = "a lighthouse keeper who collects lost voices", "一个收集失落声音的守灯塔人"


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


@pytest.mark.parametrize(
    ("said", "appears", "sentence"),
    [
        ("make the protagonist a woman named Mara", "Mara", "now called Mara"),
        ("Please call her Ada Lovelace.", "Ada Lovelace", "Ada Lovelace"),
        ("call it The Salt Road", "The Salt Road", "The Salt Road"),
        ("The title should be “Low Water”", "Low Water", "Low Water"),
        ("set it in Lisbon", "Lisbon", "set in Lisbon"),
        ("move the story to Buenos Aires, please", "Buenos Aires", "Buenos Aires"),
        ("the villain should be called Hob Carver", "Hob Carver", "antagonist"),
        ("make her a retired nurse", "retired nurse", "retired nurse"),
        ("add a talking fox", "a talking fox", "talking fox"),
        ("I'd like a subplot about her mother's unpaid debts", "mother’s unpaid debts", "unpaid debts"),
        ("She should hate the sea", "hates the sea", "hate the sea"),
        ("remember the piano on the beach", "the piano on the beach", "piano"),
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
        ("主角叫林晚", "林晚", "主角现在叫林晚"),
        ("把地点改到上海", "上海", "上海"),
        ("书名改成《盐路》", "盐路", "《盐路》"),
        ("加入一只会说话的猫", "一只会说话的猫", "会说话的猫"),
        ("她应该害怕大海", "害怕大海", "害怕大海"),
        ("海边那架旧钢琴很重要", "海边那架旧钢琴", "旧钢琴"),
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
        ("less romance", "en", ""),
        ("更黑暗", "zh", "更黑暗"),
        ("写得幽默一点", "zh", "更幽默"),
    ],
)
def test_a_tone_shows_in_the_text(said: str, language: str, shows: str) -> None:
    before, after, adjustments = refined(said, seed=KEEPER if language == "en" else KEEPER_ZH, language=language)
    assert shows in str(after["tone"])
    assert adjustments
    if shows:
        assert after["hook"] != before["hook"]
        assert str(after["hook"]).startswith(str(before["hook"])), "the rest of it stays"


def test_a_name_moves_nothing_but_the_name() -> None:
    before, after, _ = refined("make the protagonist a woman named Mara")
    assert {key for key in after if after[key] != before[key]} <= {
        "adjustments_made", "hook", "protagonist_sketch", "central_conflict", "stakes", "premise_question",
    }  # fmt: skip
    assert after["title"] == before["title"]


@pytest.mark.parametrize(
    ("path", "said"), [("/stakes", "darker"), ("/hook", "mention the smell of tar"), ("/title", "Tar")]
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
    edited = {**before, "hook": "My own hook, about a tin drum.", "themes": ["drums"]}
    target = proposal(CONCEPT, edited)
    record = StageRecord(proposals=(target,))
    after = propose(request(record=record, target=target, said="the protagonist should be called Oskar"))[0][0]
    assert after["hook"] == "My own hook, about a tin drum."
    assert after["themes"] == ["drums"]
    assert "Oskar" in str(after["protagonist_sketch"])


async def test_earlier_wishes_hold_in_every_later_stage() -> None:
    said = "make the protagonist a woman named Mara, set it in Lisbon, no bells"
    concept = refined(said)[1]
    earlier = ((CONCEPT, Feedback(id=UUID(int=5), proposal_id=UUID(int=6), text=said, created_at=NOW)),)
    confirmed = {CONCEPT: concept}
    for stage in (STORY, CHARACTERS, WORLD, PLOT):
        contents, adjustments = propose(request(stage, confirmed=dict(confirmed), earlier=earlier, count=1))
        confirmed[stage] = contents[0]
        assert "Mara" in text(contents[0]), stage
        assert "Lisbon" in text(contents[0]), stage
        assert " bell" not in text(contents[0]).lower(), stage
        assert any("Mara" in line for line in adjustments[0]), adjustments
    people: Any = confirmed[CHARACTERS]["characters"]
    assert people[0]["name"].startswith("Mara ")


async def test_what_was_confirmed_counts_for_more_than_what_was_said_before() -> None:
    earlier = ((CONCEPT, Feedback(id=UUID(int=5), proposal_id=UUID(int=6), text="call her Mara", created_at=NOW)),)
    concept = propose(request(count=1))[0][0]
    story = propose(request(STORY, confirmed={CONCEPT: concept}, earlier=earlier, count=1))[0][0]
    name = str(concept["protagonist_sketch"]).split()[0]
    assert name in text(story)


@pytest.mark.parametrize("stage", [STORY, CHARACTERS, WORLD, PLOT])
@pytest.mark.parametrize("said", ["darker", "the villain should be called Hob Carver", "add a brass band", FAIRGROUND])
async def test_every_stage_listens(stage: GenesisStage, said: str) -> None:
    whole = await genesis(KEEPER)
    confirmed = {key: value for key, value in whole.items() if key != stage}
    before, after, adjustments = refined(said, stage, confirmed=confirmed)
    assert after != before
    assert adjustments
    for word in ("Hob Carver", "brass band", "fairground at closing time"):
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
    "said", ["very " * 800, "make it " * 500, "更" * 4000, "可以" * 2000, "写得" * 900 + "x", "no " * 1300]
)
def test_the_longest_and_strangest_feedback_is_read_at_once(said: str) -> None:
    started = time.process_time()
    parse(said[:4000])
    assert time.process_time() - started < 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(said=st.text(min_size=1, max_size=400), path=st.sampled_from([None, "/hook", "/title", "/themes", "/themes/0"]))
def test_whatever_is_said_the_content_stays_valid(said: str, path: str | None) -> None:
    try:
        TypeAdapter(Note).validate_python(said)
    except ValidationError:
        return
    after = refined(said, path=path)[1]
    assert STAGE_BY_KEY[CONCEPT].content.model_validate(after).title
