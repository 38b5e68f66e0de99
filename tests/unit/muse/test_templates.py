"""All of the muse's data is read, and a template that asks for what there is not is refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from infrastructure.writers.contents import texts
from infrastructure.writers.muse import forms
from infrastructure.writers.muse.lexicon import GENRES, columns, genre, index, load
from infrastructure.writers.muse.template import TemplateError, parts

LANGUAGES = list(load("languages"))
FILES = ("angles", "people", "plot", "story", "world")


def templates(language: str) -> Iterator[tuple[str, str]]:
    """(where it stands, template) of every text that is filled from a plan."""
    for name in FILES:
        data = {key: value for key, value in load(f"{language}/{name}").items() if key != "numbered"}
        yield from ((name, cell) for text in texts(data) for cell in columns(text, 1))
    for key in GENRES:
        yield from ((key, cell) for text in texts(genre(language, key)) for cell in columns(text, 1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_asks_for_slots_and_forms_that_exist(language: str) -> None:
    for where, template in templates(language):
        try:
            parts(template)
        except TemplateError as error:
            pytest.fail(f"{language}/{where}: {error}")


@pytest.mark.parametrize(
    "template",
    ["{nobody}", "{place.the}", "{hero.in}", "{token.they}", "[has|have", "{place", "a | b", "<b>", "{first.a}"],
)
def test_a_template_with_a_slot_a_form_or_a_mark_that_does_not_exist_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        parts(template)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_thing_has_its_article_and_every_row_its_columns(language: str) -> None:
    for key in GENRES:
        words = genre(language, key)
        for token in words["tokens"]:
            assert forms.thing(language, token)["the"]
        for name, count in (("forces", 4), ("sites", 3), ("rules", 6), ("history", 3), ("terms", 2), ("places", 2)):
            for row in words[name]:
                cells = columns(row, count)
                assert len(cells) == count, row
                assert all(cells), row


def test_both_languages_have_the_same_keys_everywhere() -> None:
    def shape(data: Any) -> Any:
        return {key: shape(value) for key, value in data.items()} if isinstance(data, dict) else None

    first, *others = LANGUAGES
    for language in others:
        for name in ("angles", "people", "story", "world", *(f"genres/{key}" for key in GENRES)):
            assert shape(load(f"{language}/{name}")) == shape(load(f"{first}/{name}")), (language, name)
        ours, theirs = (load(f"{one}/plot")["chapters"] for one in (language, first))
        assert [(row["at"], row.get("answered_at")) for row in ours] == [
            (row["at"], row.get("answered_at")) for row in theirs
        ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_hook_is_answered_in_a_chapter_that_every_plot_has(language: str) -> None:
    rows = load(f"{language}/plot")["chapters"]
    always = {row["at"] for row in rows if row.get("always")}
    for row in rows[:-1]:
        assert row["answer"], row["at"]
        assert always & set(row["answered_at"]), row["at"]
        assert min(row["answered_at"]) > row["at"]


@pytest.mark.parametrize(
    ("word", "written"),
    [("heir", "an heir"), ("hour", "an hour"), ("user", "a user"), ("usher", "an usher"), ("one-off", "a one-off"),
     ("unicorn", "a unicorn"), ("uninvited guest", "an uninvited guest"), ("actor", "an actor"), ("MP", "an MP")],
)  # fmt: skip
def test_an_article_goes_by_the_sound(word: str, written: str) -> None:
    assert forms.figure("en", [word, "", "", "", ""]).a == written


@pytest.mark.parametrize(
    ("name", "preposition"),
    [
        ("Iceland", "in"),
        ("Ashlight Island", "on"),
        ("the Fennimore Hotel", "at"),
        ("Mars", "on"),
        ("Upside Street", "on"),
    ],
)
def test_a_place_has_its_preposition(name: str, preposition: str) -> None:
    assert forms.preposition("en", name) == preposition


@pytest.mark.parametrize(
    ("number", "english", "chinese"), [(9, "nine", "九"), (20, "twenty", "二十"), (41, "forty-one", "四十一")]
)
def test_ages_are_written_in_words(number: int, english: str, chinese: str) -> None:
    assert (forms.number_word("en", number), forms.number_word("zh", number)) == (english, chinese)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", ["persons", "subjects", "trades"])
def test_no_word_of_the_lexicon_is_in_two_rows(language: str, table: str) -> None:
    seen: dict[str, str] = {}
    for row in load(f"{language}/lexicon")[table]:
        for word in [word for word, found in index(language, table).items() if found == row]:
            assert seen.setdefault(word, row) == row
