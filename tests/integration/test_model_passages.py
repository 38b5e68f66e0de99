"""A model writes chosen paragraphs otherwise: what it is told, what is refused, and what goes on after a break."""

from dataclasses import replace

from application.chapter_writers import ChapterWritten, Known, Passages
from tests.support.model_answers import piece
from tests.support.model_chapters import REQUEST, says, scenes, text, write

TEXTS = ("Mara was very tired when she came to the gate that evening.", "She was afraid of the guard.")
SHOWN = "Mara let the pack slide from her shoulder at the gate. Her hands would not close."
AFRAID = "Osric looked up. She counted the steps back to the road, and then counted them again."
ASKED = replace(
    REQUEST,
    instructions="Less haste.",
    known=(Known("eyes", "Mara", "blue", "Before", "Mara’s eyes were blue."),),
    passages=Passages("show", TEXTS, before=("It rained.",), after=("The gate opened.",)),
)


def test_each_paragraph_is_asked_for_with_what_stands_around_it_and_what_was_established() -> None:
    items, failed, asked = write((says(SHOWN), says(AFRAID)), ASKED)

    assert failed is None
    assert [text(one) for one in scenes(items)] == [SHOWN, AFRAID]
    assert all(one.spent is not None and one.spent.usage["requests"] == 1 for one in scenes(items))
    end = items[-1]
    assert isinstance(end, ChapterWritten)
    assert (end.summary, end.spent) == ("", None)
    first, second = asked
    assert (piece(first, "so_far"), piece(first, "passage")) == (["It rained."], [TEXTS[0]])
    assert piece(first, "after") == [TEXTS[1], "The gate opened."]
    assert piece(first, "known") == [{"who": "Mara", "what": "eyes: blue", "as_told": "Mara’s eyes were blue."}]
    assert piece(first, "wishes") == "Less haste."
    assert piece(second, "so_far") == ["It rained.", SHOWN]
    assert piece(second, "after") == ["The gate opened."]


def test_a_broken_off_request_goes_on_with_the_paragraphs_that_are_left() -> None:
    items, failed, _ = write((says(SHOWN), says("I'm sorry, but I can't help with that.")), ASKED)
    assert failed is not None
    assert (failed.code, failed.tries) == ("REFUSED", 1)
    (first,) = scenes(items)
    items, failed, asked = write((says(AFRAID),), replace(ASKED, kept=(first.scene,)))
    assert (failed, len(asked), [text(one) for one in scenes(items)]) == (None, 1, [AFRAID])


def test_going_on_is_asked_for_once_and_leads_to_what_stands_behind_it() -> None:
    on = " ".join(f"She took step number {at} without a word to him." for at in range(1, 22))
    going = replace(ASKED, passages=Passages("continue", (), before=TEXTS, after=("The gate opened.",)))
    items, failed, asked = write((says(on),), going)
    assert (failed, [text(one) for one in scenes(items)]) == (None, [on])
    assert piece(asked[0], "so_far") == list(TEXTS)
    assert "Go on from the end of <so_far>" in str(asked[0])
