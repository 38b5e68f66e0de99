"""Chapters by models that misbehave, over real HTTP: asked again, mended, told of or refused; all is counted."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from genesis_types.words import count_words

from application.chapter_writers import Book, ChapterWritten, Figure, SceneDraft
from domain.project.plan import ChapterPlan
from tests.support.model_answers import told
from tests.support.model_chapters import (
    GOOD,
    OTHER,
    REQUEST,
    SUMMARY,
    WELL,
    prose,
    says,
    scenes,
    text,
    write,
)
from tests.support.openai_server import Behaviour

OUTLINE = "\n".join(f"- {sentence.strip()}" for sentence in OTHER[0].replace("\n", " ").split(". ")[:20])
FRENCH = (
    "La pluie tombait sur la ville et Mara marchait lentement vers la porte du nord, où le gardien l’attendait depuis "
    "longtemps. Elle ne savait pas encore ce qu’elle allait lui dire, mais elle avait dans sa poche la boussole. "
)
LOOP = GOOD[0][:300] + " She went to the door and looked at the long grey street once more." * 400
CASES: dict[str, tuple[Behaviour, str]] = {
    "outline": (says(OUTLINE), "BROKEN_ANSWER"),
    "other-language": (says(FRENCH), "WRONG_LANGUAGE"),
    "empty": (says(""), "EMPTY"),
    "loop": (says(LOOP, chunk=20), "REPEATED_ITSELF"),
}
MENDED: dict[str, tuple[Behaviour, str]] = {
    "too-long": (says(" ".join(f"Word{n} stood there." for n in range(14_000)), chunk=200), "FLAWED"),
    "half-a-sentence": (says(GOOD[0].rstrip(".”") + " and then she"), "FLAWED"),
    "too-short": (says("Mara came to the gate and went through it."), "FLAWED"),
    "lost": (says(GOOD[0], stop_after=300, drop=True), "CONNECTION_LOST"),
    "stream-cut": (says(GOOD[0], stop_after=300, cut=True), "CONNECTION_LOST"),
    "pause": (Behaviour(answer=lambda _: "", status=429, headers={"retry-after": "0.2"}), "RATE_LIMITED"),
    "broken-server": (Behaviour(answer=lambda _: "", status=500), "PROVIDER_FAILED"),
}


@pytest.mark.parametrize("case", sorted(CASES | MENDED))
def test_what_is_wrong_is_asked_again_with_the_reason(case: str) -> None:
    bad, cause = (CASES | MENDED)[case]
    items, failed, asked = write((bad, *WELL), name=f"gpt-4o that {case}")

    assert failed is None
    assert [text(one) for one in scenes(items)] == GOOD
    first = scenes(items)[0]
    assert first.notes == ()
    assert first.asked is not None
    assert [one.cause for one in first.asked.attempts] == [cause, None]
    assert len(asked) == 4
    assert ("mend this" in told(asked[1])[1]) is (cause not in ("CONNECTION_LOST", "RATE_LIMITED", "PROVIDER_FAILED"))
    assert first.spent is not None
    assert first.spent.usage["requests"] == 2


def test_the_scene_before_once_more_is_asked_again() -> None:
    items, failed, asked = write((says(GOOD[0]), says(GOOD[0]), says(GOOD[1]), says(SUMMARY)))

    assert failed is None
    assert [text(one) for one in scenes(items)] == GOOD
    assert "<so_far>" in told(asked[2])[1].rsplit("mend this", maxsplit=1)[-1]
    second = scenes(items)[1].spent
    assert second is not None
    assert second.usage["input_tokens"] == 2_400


@pytest.mark.parametrize("case", sorted(CASES))
def test_what_cannot_be_taken_fails_after_three_requests_at_most(case: str) -> None:
    bad, code = CASES[case]
    items, failed, asked = write((bad,), name=f"gpt-4o that always {case}")

    assert failed is not None
    assert failed.code == code
    assert scenes(items) == []
    assert len(asked) <= 3 == failed.tries
    assert failed.sent is not None
    assert len(failed.sent.asked.attempts) == len(asked)


def test_a_loop_is_stopped_soon() -> None:
    items, _, _ = write((says(LOOP, chunk=20),), name="gpt-4o that loops on")

    shown = [count_words("\n".join(one.scene.paragraphs)) for one in items if isinstance(one, SceneDraft)]
    assert max(shown) < 300


@pytest.mark.parametrize("case", ["too-long", "half-a-sentence", "too-short"])
def test_a_flaw_that_stays_is_told_to_the_novelist(case: str) -> None:
    bad, _ = MENDED[case]
    items, failed, _ = write((bad, bad, *WELL[1:]), name=f"gpt-4o that stays {case}")

    assert failed is None
    first = scenes(items)[0]
    assert len(first.notes) == 1
    assert text(first).endswith((".", "”"))
    assert count_words(text(first)) < 400
    assert first.asked is not None
    assert len(first.asked.attempts) == 2


def test_a_refusal_is_not_asked_again() -> None:
    _, failed, asked = write((says("I'm sorry, but I can't write that."),))

    assert failed is not None
    assert (failed.code, failed.retryable, len(asked)) == ("REFUSED", False, 1)
    assert failed.spent is not None
    assert failed.spent.usage["output_tokens"] == 800


DRESSES: dict[str, Callable[[str], str]] = {
    "thoughts": lambda good: f"<think>First I plan.\n\nThen I write.</think>\n{good}",
    "unopened-thoughts": lambda good: f"I plan.</think>\n{good}",
    "headings": lambda good: f"# Chapter 1\n\n## Scene 1: The Gate\n\n**The Gate**\n\n{good}\n\n---",
    "fences": lambda good: f"```markdown\n{good}\n```",
    "courtesy": lambda good: f"Sure! Here is the scene:\n\n{good}",
}


@pytest.mark.parametrize("dress", sorted(DRESSES))
def test_what_stands_around_the_prose_is_taken_off_without_asking_again(dress: str) -> None:
    items, failed, asked = write((says(DRESSES[dress](GOOD[0])), *WELL[1:]))

    assert failed is None
    assert [text(one) for one in scenes(items)] == GOOD
    assert len(asked) == 3


def test_a_retry_after_is_waited_for() -> None:
    began = time.monotonic()
    busy = Behaviour(answer=lambda _: "", status=429, headers={"retry-after": "1"})
    _, failed, _ = write((busy, *WELL))

    assert failed is None
    assert time.monotonic() - began >= 1


def test_a_refused_key_is_asked_once() -> None:
    _, failed, asked = write((Behaviour(answer=lambda _: "", status=401),))

    assert failed is not None
    assert (failed.code, len(asked)) == ("KEY_REFUSED", 1)


def test_a_summary_that_fails_is_made_of_the_aims() -> None:
    items, failed, _ = write((*WELL[:2], says("")))

    end = items[-1]
    assert failed is None
    assert isinstance(end, ChapterWritten)
    assert "Osric lets nobody pass." in end.summary


def test_material_that_is_too_long_is_told_in_short() -> None:
    people = tuple(Figure(f"Person {n}", "She draws maps of the coast, and lies. " * 15) for n in range(60))
    request = replace(REQUEST, book=Book("A Book", "en", people=people))
    items, failed, asked = write(WELL, request, "gpt-4o in short", model_context_tokens=9_000)

    assert failed is None
    assert len(told(asked[0])[1]) < 26_000
    assert scenes(items)[0].asked is not None
    assert scenes(items)[0].notes


def test_a_chinese_scene_is_judged_by_its_characters() -> None:
    request = replace(REQUEST, book=Book("盐路", "zh"), plan=ChapterPlan(goal="出城", who=("秀贞", "老周")))
    good = prose(request)
    items, failed, _ = write(
        (says("no"), says("no"), says(good[0]), says(good[1]), says("秀贞出了城。")), request, "gpt-zh"
    )

    assert failed is None
    assert [text(one) for one in scenes(items)] == good
