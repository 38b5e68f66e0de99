"""The words that the muse knows: every key has some, and a sentence of its own stands once."""

import pytest

from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.refine import first_time, without


def test_the_muses_own_sentences_stand_once_and_the_writers_as_often_as_they_like() -> None:
    content = {
        "hook": "He laughs. Mine. Mine.",
        "stakes": "It is late. He laughs.",
        "tone": "He laughs.",
        "id": "He laughs.",
    }
    assert without(first_time({"He laughs."}), content) == {
        "hook": "He laughs. Mine. Mine.",
        "stakes": "It is late.",
        "tone": "He laughs.",
        "id": "He laughs.",
    }


@pytest.mark.parametrize("kind", ["tone", "ending", "point_of_view", "tense", "structure"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_key_that_feedback_can_give_has_words_in_the_stories(kind: str, language: str) -> None:
    keys = load(f"{language}/intents")["keys"][kind]["words"]
    story = load(f"{language}/story")
    known = {
        "tone": story["tones"],
        "ending": story["endings"],
        "point_of_view": story["pov"],
        "tense": story["tense"],
        "structure": load("beats"),
    }
    assert set(keys) <= set(known[kind])
