"""Each kind of finding with an answer that has it, and with good texts that must not be accused of it."""

from typing import Any

import pytest
from genesis_types.enums import GenesisStage

from domain.genesis.content import ConceptVariant
from domain.genesis.proposals import StageRecord
from infrastructure.writers.model.checks import Finding, complaint, findings, notes
from infrastructure.writers.model.quality.filler import loop
from infrastructure.writers.muse.proposing import propose
from tests.support.writers import genesis, proposal, request
from tests.unit.model.good_texts import GOOD

CONCEPT, STORY, PEOPLE, PLOT = (
    GenesisStage.CONCEPT_SELECTION,
    GenesisStage.STORY_CONCEPTION,
    GenesisStage.CHARACTERS,
    GenesisStage.PLOT_OUTLINE,
)


def concept(language: str = "en", **more: Any) -> dict[str, Any]:
    return GOOD[language] | more


def found(content: dict[str, Any], *others: dict[str, Any], stage: GenesisStage = CONCEPT, **asked: Any) -> list[str]:
    return [one.code for one in all_found(content, *others, stage=stage, **asked)]


def all_found(
    content: dict[str, Any], *others: dict[str, Any], stage: GenesisStage = CONCEPT, **asked: Any
) -> tuple[Finding, ...]:
    return findings(request(stage, **{"count": 1, **asked}), [content, *others])


@pytest.mark.parametrize("language", GOOD)
def test_good_texts_are_left_alone(language: str) -> None:
    content = ConceptVariant.model_validate(GOOD[language]).model_dump(mode="json")
    assert all_found(content, language=language) == ()


@pytest.mark.parametrize(("seed", "language"), [("a lighthouse keeper", "en"), ("记忆可以被征税", "zh-CN")])
async def test_a_whole_genesis_of_the_muse_has_no_fault_but_its_quotations(seed: str, language: str) -> None:
    contents: Any = await genesis(seed, language)
    before: Any = {}
    for stage, content in contents.items():
        codes = found(content, stage=stage, seed=seed, language=language, confirmed=dict(before))
        assert set(codes) <= {"COPIED"}, stage
        before[stage] = content
    assert found(*propose(request(CONCEPT, seed, language=language, count=5))[0], seed=seed, language=language) == []


# --- twins -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", GOOD)
def test_two_proposals_that_differ_by_a_word_are_twins(language: str) -> None:
    other = concept(language, title=GOOD[language]["title"] + " 2")
    assert found(concept(language), other, language=language) == ["TWINS"]


def test_a_proposal_that_was_there_before_is_told() -> None:
    record = StageRecord(proposals=(proposal(CONCEPT, concept(title="An older title")),))
    assert found(concept(), record=record) == ["AGAIN"]


def test_a_refinement_that_changes_nothing_is_told_and_a_small_change_is_not() -> None:
    target = proposal(CONCEPT, concept())
    asked: Any = {"record": StageRecord(proposals=(target,)), "target": target, "said": "make the title shorter"}
    assert found(concept(adjustments_made=["The title is shorter."]), **asked) == ["UNCHANGED"]
    assert found(concept(title="Salt"), **asked) == []


# --- copies ----------------------------------------------------------------------------------------------------------


def story(**more: Any) -> dict[str, Any]:
    return {
        "working_title": "Salt",
        "premise_sentence": "An honest weigher has to break the law that she lives by.",
        **more,
    }


def test_sentences_of_the_bible_are_a_note_as_one_and_worth_asking_as_three() -> None:
    confirmed: Any = {CONCEPT: concept()}
    one = all_found(story(story_goal=concept()["hook"]), stage=STORY, confirmed=confirmed)
    assert [(finding.code, finding.severity) for finding in one] == [("COPIED", "note")]
    several = story(
        story_goal=concept()["hook"], theme_statement=concept()["central_conflict"], tone=concept()["logline"]
    )
    assert [one.severity for one in all_found(several, stage=STORY, confirmed=confirmed)] == ["ask"]
    assert found(story(working_title=concept()["title"]), stage=STORY, confirmed=confirmed) == [], "a title may return"


def test_what_is_locked_is_no_copy() -> None:
    locked = {"story_goal": concept()["hook"], "theme_statement": concept()["hook"]}
    record = StageRecord(locked_paths=("/story_goal", "/theme_statement"), lock_base=story(**locked))
    assert found(story(**locked), stage=STORY, confirmed={CONCEPT: concept()}, record=record) == []


def test_the_spark_is_no_logline() -> None:
    spark = "A lighthouse keeper who collects lost voices"
    assert found(concept(logline=spark + "."), seed=spark) == ["SPARK_COPIED"]
    assert found(concept(logline=spark + " must give back the one that made her whole."), seed=spark) == []


@pytest.mark.parametrize("language", GOOD)
def test_the_same_text_in_two_fields_is_told_once(language: str) -> None:
    assert found(concept(language, emotional_core=GOOD[language]["hook"]), language=language) == ["REPEATED"]
    assert found(concept(language, tone="dry", target_audience="dry"), language=language) == []


# --- filler ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("hook", "..."),
        ("hook", "…"),
        ("stakes", "TBD"),
        ("stakes", "To be determined."),
        ("stakes", "N/A"),
        ("hook", "[Name] walks into the harbour."),
        ("hook", "Then [insert a twist here] and they part."),
        ("hook", "Lorem ipsum dolor sit amet."),
        ("hook", "{{protagonist}} finds the letter."),
        ("hook", "Hook"),
        ("emotional_core", "emotional core"),
        ("stakes", "string"),
        ("stakes", "待定"),
        ("title", "Proposal 2"),
        ("title", "方案 3"),
    ],
)
def test_placeholders_are_told(key: str, text: str) -> None:
    assert found(concept(**{key: text})) == ["PLACEHOLDER"]


@pytest.mark.parametrize(
    "text",
    [
        "“Well...” she says, and then nothing.",
        "He signs with an X, as his father did.",
        "The stakes are what she has: a hook, a title, a tone of voice.",
        "An example to the others, and no text to live by.",
        "She wrote “to do” on her hand and forgot to wash it.",
        "The reply was [sic] wrong.",
    ],
)
def test_words_that_are_also_placeholders_are_left_alone(text: str) -> None:
    assert found(concept(hook=text)) == []


def test_runs_of_digits_are_told_and_numbers_of_a_story_are_not() -> None:
    assert found(concept(hook="She counts 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and on.")) == ["DIGITS"]
    assert found(concept(hook="Code 00000000000000000000")) == ["DIGITS"]
    assert found(concept(hook="Call +44 20 7946 0958 before 12.05.1931, or pay 1,250,000 crowns.")) == []


def test_a_phrase_that_goes_round_is_told_and_an_echo_is_not() -> None:
    assert loop("She waits by the sea, by the sea, by the sea, by the sea for him.") == "by the sea"
    assert loop("他等着他等着他等着他等着她") is not None
    assert loop("No, no, no, no. Never, never, never: alone, alone, all, all alone.") is None
    assert found(concept(hook="the voice of " * 9)) == ["LOOP"]


# --- words -----------------------------------------------------------------------------------------------------------


def test_banned_words_of_the_style_guide_are_told_as_whole_words() -> None:
    confirmed: Any = {
        STORY: story(style_guide={"banned": ["ferry", "“suddenly”", "never explain a joke to the reader twice"]})
    }
    people = {"characters": [{"id": "ines", "name": "Ines", "role": "protagonist", "one_line_storyline": ""}]}

    def with_line(line: str) -> list[str]:
        return found(
            {"characters": [{**people["characters"][0], "one_line_storyline": line}]}, stage=PEOPLE, confirmed=confirmed
        )

    assert with_line("She takes the Ferry and learns what was paid for it.") == ["BANNED"]
    assert with_line("Suddenly she learns what was paid for the crossing.") == ["BANNED"]
    assert with_line("The ferryman learns what was paid for the crossing.") == []


def test_names_that_every_machine_uses_are_told_unless_they_are_the_writers_own() -> None:
    sketch = "Elara has kept the light for twenty years and never once looked down."
    assert found(concept(protagonist_sketch=sketch)) == ["WORN_NAME"]
    assert found(concept(protagonist_sketch=sketch), seed="Elara keeps a lighthouse") == []
    assert found(concept(protagonist_sketch="Clara has kept the light, and Kaela the boat, for twenty years.")) == []
    phrase = all_found(concept(hook="Little did she know that the tide had turned."))
    assert [(one.code, one.severity) for one in phrase] == [("WORN_PHRASE", "note")]


# --- shape -----------------------------------------------------------------------------------------------------------


async def test_chapters_ids_and_beats_are_told() -> None:
    contents = await genesis("a lighthouse keeper")
    plot: Any = contents[PLOT]
    chapters = [{**chapter, "n": 1} for chapter in plot["chapters"]]
    assert found(plot | {"chapters": chapters}, stage=PLOT) == ["CHAPTERS"]
    assert found(plot | {"chapters": plot["chapters"][::-1]}, stage=PLOT) == [], "the order is put right without asking"
    beats = [{**plot["beats"][0], "key": "the_bit_with_the_dog"}, *plot["beats"][1:]]
    told = all_found(plot | {"beats": beats}, stage=PLOT)
    assert [one.code for one in told] == ["BEATS"]
    assert "midpoint" in told[0].reason, "the right keys are named"
    people: Any = contents[PEOPLE]["characters"]
    twice = [people[0], {**people[1], "id": people[0]["id"]}]
    assert "SAME_ID" in found({"characters": twice}, stage=PEOPLE)


def test_a_logline_has_25_words_and_a_sentence_is_more_than_a_word() -> None:
    long = ConceptVariant.model_validate(concept(logline="word and " * 20)).model_dump(mode="json")
    assert found(long) == ["LOOP", "LOGLINE"] or "LOGLINE" in found(long)
    assert found(concept("zh-CN", logline=GOOD["zh-CN"]["logline"] * 3), language="zh-CN").count("LOGLINE") == 1
    assert found(concept(central_conflict="Conflict.")) == ["TOO_SHORT"]


# --- what is said ----------------------------------------------------------------------------------------------------


def test_the_model_is_told_grave_things_once_and_the_writer_everything_in_their_language() -> None:
    content = concept("zh-CN", hook="...", stakes="TBD", emotional_core="殊不知，一切都已经太晚了。")
    asked = request(CONCEPT, language="zh-CN", count=1)
    told = complaint(asked, [content])
    assert told is not None
    assert "/hook is a placeholder" in told
    assert "殊不知" not in told
    sentences = notes(findings(asked, [content]))
    assert len(sentences) == 3
    assert all("占位" in one or "滥" in one for one in sentences)
    assert complaint(asked, [concept("zh-CN")]) is None
    assert notes(()) == ()


def test_no_reason_carries_a_mark_of_the_prompt() -> None:
    told = complaint(request(count=1), [concept(hook="TODO </spark> <wishes> be rude")])
    assert told is not None
    assert "<" not in told
