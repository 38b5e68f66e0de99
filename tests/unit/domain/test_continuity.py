"""The check of a book: every planted contradiction is found with both of its sentences, and nothing in a clean book."""

from dataclasses import replace
from itertools import groupby
from uuid import uuid4

import pytest

from domain.continuity.check import check
from domain.continuity.facts import Chapter, Continuity
from domain.continuity.paragraph import read
from domain.project.plan import ChapterPlan
from tests.support.planted_book import CHAPTERS, PLANTS, chapters_of, text_of


def book(*chapters: str, who: tuple[str, ...] = ("Ines Vale", "Tomas Reed"), time: str = "") -> list[Chapter]:
    """A chapter for each text; its paragraphs are its lines."""
    return [
        Chapter(uuid4(), f"{n}", ChapterPlan(who=who, time=time), [(uuid4(), read(line)) for line in text.split("\n")])
        for n, text in enumerate(chapters, 1)
    ]


def kinds(found: Continuity) -> list[str]:
    return [one.kind for one in found.findings]


SCENE = {
    "en": [
        "By the time the ferry had swung round into the current, the old woman had already unpacked her bread.",
        "She cut it against her coat with a lantern between her knees, and offered nobody the heel of the loaf.",
        "A boy in a cap two sizes too large kept asking whether the sea went on at night when no one watched.",
        "Nobody had an answer that would satisfy him, so the mate pointed at a buoy and told him to count to ninety.",
        "He counted aloud, lost his place in the sixties, began again, and fell asleep with the number on his lips.",
        "When they tied up beside the fish market the tide was so low that everyone had to climb a ladder of weed.",
    ],
    "zh": [],
}
"""Sentences that no pattern made, as a scene has them; the Chinese book's own are varied enough."""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_planted_contradiction_is_found_and_nothing_else(language: str) -> None:
    chapters = chapters_of(text_of(language, planted=True), language)
    number = {chapter.chapter_id: at for at, chapter in enumerate(chapters, 1)}
    found = check(chapters).findings
    told = [(one.kind, number[one.first.chapter_id], number[one.second.chapter_id]) for one in found]
    expected = [(plant.kind, min(plant.early, plant.late), plant.late) for plant in PLANTS[language]]
    spelled = [one for one in told if one[0] != "spelling"]  # beside the first place with the usual spelling
    assert sorted(spelled) == sorted(one for one in expected if one[0] != "spelling")
    assert sorted(one[2] for one in told if one[0] == "spelling") == sorted(
        p.late for p in PLANTS[language] if p.kind == "spelling"
    )
    said = {plant.late: plant.wrong for plant in PLANTS[language]}
    assert all(one.second.sentence in said[number[one.second.chapter_id]] for one in found)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_clean_twin_has_no_findings(language: str) -> None:
    found = check(chapters_of(text_of(language, planted=False), language))
    assert [(one.kind, one.first.sentence, one.second.sentence) for one in found.findings] == []
    assert len(found.facts) > len(PLANTS[language])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_fact_and_finding_quotes_a_paragraph_word_for_word(language: str) -> None:
    texts = text_of(language, planted=True)
    chapters = chapters_of(texts, language)
    paragraph = {
        block_id: text
        for chapter, lines in zip(chapters, texts, strict=True)
        for (block_id, _), text in zip(chapter.paragraphs, lines, strict=True)
    }
    found = check(chapters)
    quoted = [one.evidence for one in found.facts] + [
        side for one in found.findings for side in (one.first, one.second)
    ]
    assert quoted
    assert all(one.block_id and one.sentence in paragraph[one.block_id] for one in quoted)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_chapter_that_is_told_again_is_found_however_its_names_for_things_vary(language: str) -> None:
    texts = text_of(language, planted=False)
    texts[11] = [*texts[11], *SCENE[language]]
    texts[40] = [line.replace("lantern", "lamp").replace("灯笼", "油灯") for line in texts[11]]
    found = [one for one in check(chapters_of(texts, language)).findings if one.kind == "retelling"]
    assert [one.values for one in found] == [("Chapter 12", "Chapter 41")]


def test_a_chapter_of_another_book_is_found() -> None:
    texts = text_of("en", planted=False)
    strange = [
        f"Brannoc opened the {thing}. Ysolde laughed at the {thing}. "
        f"Then Brannoc took the {thing} away, while Ysolde watched the road for a long time."
        for thing in (
            "visor",
            "falcon",
            "lance",
            "goblet",
            "bridle",
            "gauntlet",
            "banner",
            "hauberk",
            "stirrup",
            "tabard",
        )
    ]
    chapters = chapters_of(texts, "en")
    chapters[29] = replace(chapters[29], plan=ChapterPlan(), paragraphs=[(uuid4(), read(line)) for line in strange])
    (found,) = check(chapters).findings
    assert (found.kind, found.second.chapter_id) == ("other_book", chapters[29].chapter_id)
    assert "Brannoc" in found.second.sentence or "Ysolde" in found.second.sentence


@pytest.mark.parametrize(
    "later",
    [
        "Ines remembered how Tomas Reed walked along the quay.",
        "Two years earlier, on the quay, the boats were new.\nTomas Reed walked along it.",
        "“Tomas Reed walked home,” said Ines.",
        "The coat that Tomas Reed wore still hung there.",
        "Tomas Reed was alive.\nTomas Reed walked home.",
    ],
)
def test_the_dead_may_be_remembered_and_told_of(later: str) -> None:
    assert kinds(check(book("Tomas Reed died in the night.", later))) == []


def test_the_dead_act_once_a_chapter_until_the_scene_is_said_to_be_earlier() -> None:
    chapters = book("Tomas Reed died in the night.", "Tomas Reed nodded.\nTomas Reed smiled.", "Reed sat down.")
    assert kinds(check(chapters)) == ["dead_acts", "dead_acts"]
    chapters[1] = replace(chapters[1], plan=ChapterPlan(time="flashback"))
    assert kinds(check(chapters)) == ["dead_acts"]


@pytest.mark.parametrize(
    "told",
    [
        "If Tomas Reed died, nobody would know.",
        "Ines thought Tomas Reed was dead.",
        "Tomas Reed was dead tired.",
        "“Tomas Reed died,” said Ines.",
        "Tomas Reed nearly drowned.",
    ],
)
def test_what_is_feared_or_said_is_no_death(told: str) -> None:
    assert kinds(check(book(told, "Tomas Reed walked home."))) == []


def test_a_plan_that_wants_the_dead_is_found_before_it_is_written() -> None:
    written = book("Tomas Reed died in the night.")
    planned = Chapter(uuid4(), "2", ChapterPlan(who=("Tomas Reed",)))
    (found,) = check([*written, planned]).findings
    assert (found.kind, found.second.block_id, found.second.sentence) == ("dead_planned", None, "Tomas Reed")


def test_ages_may_rise_when_years_go_by() -> None:
    aged = ("Ines Vale was nineteen.", "Ines Vale was twenty-six.")
    assert kinds(check(book(*aged))) == ["age"]
    assert kinds(check(book(aged[0], f"Seven years later the quay was gone.\n{aged[1]}"))) == []


def test_what_is_said_more_often_is_taken_for_right() -> None:
    (found,) = check(book(*("Ines Vale’s eyes were green.", *["Ines Vale’s eyes were blue."] * 2))).findings
    assert found.values == ("green", "blue")
    assert found.first.sentence == "Ines Vale’s eyes were green."


def test_a_pronoun_that_could_be_two_people_is_nobody() -> None:
    chapters = book(
        "Ines Vale’s eyes were blue.",
        "Ines Vale met Mara Linden. Her eyes were green.",
        who=("Ines Vale", "Mara Linden"),
    )
    assert kinds(check(chapters)) == []


def test_a_southern_book_has_its_winter_in_july() -> None:
    assert kinds(check(book(*["It was July.\nIt was deep winter."] * 5))) == []


def test_a_finding_has_the_same_id_while_its_sentences_are_the_same() -> None:
    chapters = book("Ines Vale’s eyes were blue.", "Ines Vale’s eyes were green.")
    (before,) = check(chapters).findings
    chapters[1] = replace(chapters[1], paragraphs=[(uuid4(), read("It rained. Ines Vale’s eyes were green."))])
    (after,) = check(chapters).findings
    chapters[1] = replace(chapters[1], paragraphs=[(uuid4(), read("Ines Vale’s eyes were brown."))])
    (changed,) = check(chapters).findings
    assert before.id == after.id != changed.id


@pytest.mark.parametrize(
    "text", ["", " ", "***", "“", "A", "。", "\ufffc", "Ⅷ月", "9" * 300 + "岁", "一" * 2000, "A." * 1500]
)
def test_any_text_can_be_read(text: str) -> None:
    assert check([Chapter(uuid4(), "", paragraphs=[(uuid4(), read(text))])]).findings == ()


def test_the_order_of_findings_is_that_of_the_book() -> None:
    found = check(chapters_of(text_of("en", planted=True), "en")).findings
    number = {chapter.chapter_id: at for at, chapter in enumerate(chapters_of(text_of("en", planted=True), "en"))}
    assert [key for key, _ in groupby(number[one.second.chapter_id] for one in found)] == sorted(
        {number[one.second.chapter_id] for one in found}
    )
    assert len(number) == CHAPTERS
