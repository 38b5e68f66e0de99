"""Words in a book: which places are found, in which order, and where they are told to be."""

from uuid import UUID, uuid4

import pytest

from projections.project.search import BookSearch, Paragraph, SearchedChapter, pattern, search


def chapter(*texts: str, title: str = "Low Water") -> SearchedChapter:
    return SearchedChapter(
        uuid4(), title, tuple(Paragraph(UUID(int=n), text, 3, n == 1) for n, text in enumerate(texts))
    )


def places(found: BookSearch) -> list[tuple[int, int, int]]:
    return [(one.block_id.int, one.start, one.end) for chapter in found.chapters for one in chapter.places]


def test_places_are_told_in_order_with_what_stands_around_them() -> None:
    first = chapter("Mara came. Nobody saw Mara.", "No one.", title="One")
    second = chapter("Then mara went.", title="Two")
    found = search([first, chapter("Nothing."), second], pattern("mara"))

    assert [(one.title, one.total) for one in found.chapters] == [("One", 2), ("Two", 1)]
    assert places(found) == [(0, 0, 4), (0, 22, 26), (0, 5, 9)]
    place = found.chapters[0].places[1]
    assert (place.before, place.match, place.after) == ("Mara came. Nobody saw ", "Mara", ".")
    assert (place.version, place.locked) == (3, False)
    assert found.total == 3


def test_locked_paragraphs_are_found_and_said_to_be_locked() -> None:
    found = search([chapter("a", "Mara")], pattern("Mara"))
    assert [one.locked for one in found.chapters[0].places] == [True]


@pytest.mark.parametrize(
    ("words", "options", "text", "times"),
    [
        ("Mara", {}, "mara MARA Mara", 3),
        ("Mara", {"case": True}, "mara MARA Mara", 1),
        ("ara", {}, "Mara Sahara", 2),
        ("ara", {"whole": True}, "Mara Sahara ara, ara's", 2),
        ("Mara", {"whole": True}, "Maras Mara_ 玛拉Mara是", 2),
        ("晓雨", {"whole": True}, "林晓雨说，晓雨来了", 2),
        ("ÉTÉ", {}, "l’été", 1),
        (".*", {}, "a.*b", 1),
        ("…", {"whole": True}, "no…yes", 1),
        ("a\nb", {}, "a\nb", 1),
    ],
)
def test_words_are_found_as_they_are_typed(words: str, options: dict[str, bool], text: str, times: int) -> None:
    assert search([chapter(text)], pattern(words, **options)).total == times


def test_places_are_counted_as_a_browser_counts() -> None:
    assert places(search([chapter("😀 a 𠮷 Mara")], pattern("Mara"))) == [(0, 8, 12)]


def test_too_many_places_are_counted_and_the_first_are_told() -> None:
    found = search([chapter("a a a"), chapter("a a")], pattern("a"), most=4)
    assert [(one.total, len(one.places)) for one in found.chapters] == [(3, 3), (2, 1)]
    assert found.total == 5
