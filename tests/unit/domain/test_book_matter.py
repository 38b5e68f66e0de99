"""What stands before and after a book's text: said by its author, kept as a whole, and pages of the document."""

import pytest
from pydantic import ValidationError

from domain.project.commands import CreateProject
from domain.project.matter import NO_MATTER, BookMatter
from domain.project.matter_command import DescribeBook
from domain.project.matter_event import BookDescribed
from domain.rejections import Rejection
from projections.documents.tree import Paragraph, plain
from projections.genesis.bible.labels import Labels
from projections.project.matter_pages import Drafted, pages_after, pages_before
from tests.support.project import Shelf

FULL = BookMatter(
    subtitle=" A  Novel\n",
    author="Mara Vance",
    description="Tides.",
    copyright="© 2026\nAll rights reserved.",
    dedication="For Ida.",
    acknowledgements="Thanks.",
    about_author="She writes.",
    tells_ai_use=True,
)
NOTHING_DRAFTED = Drafted(0, 0, 1_200, 3)


def test_a_book_is_described_and_the_same_again_is_no_fact() -> None:
    shelf = Shelf()
    assert shelf.project.matter == NO_MATTER
    (fact,) = shelf.when(DescribeBook(matter=FULL))
    assert isinstance(fact, BookDescribed)
    assert shelf.project.matter == FULL
    assert shelf.when(DescribeBook(matter=FULL)) == ()
    shelf.when(DescribeBook(matter=BookMatter(dedication="For nobody.")))
    assert shelf.project.matter == BookMatter(dedication="For nobody.")


def test_a_line_is_one_line_and_what_is_too_long_is_refused() -> None:
    assert FULL.subtitle == "A Novel"
    for field, longest in (("author", 400), ("description", 4_000), ("dedication", 20_000)):
        BookMatter(**{field: "x" * longest})
        with pytest.raises(ValidationError):
            BookMatter(**{field: "x" * (longest + 1)})


def test_only_the_owner_describes_a_book() -> None:
    shelf = Shelf(CreateProject(title="Hers"))
    with pytest.raises(Rejection):
        shelf.when(DescribeBook(matter=FULL), user_id=None)


def test_what_is_said_has_a_page_and_what_is_not_has_none() -> None:
    labels = Labels("en")
    before, after = pages_before(FULL, labels), pages_after(FULL, labels, NOTHING_DRAFTED)
    assert [page.kind for page in before] == ["copyright", "dedication"]
    assert [page.kind for page in after] == ["acknowledgements", "about_author", "ai_use"]
    assert len(before[0].blocks) == 2
    assert pages_before(NO_MATTER, labels) == pages_after(NO_MATTER, labels, NOTHING_DRAFTED) == ()
    assert pages_before(BookMatter(dedication=" \n "), labels) == ()


@pytest.mark.parametrize(
    ("language", "said", "tag"),
    [("en", "Scenes of 1,900 words in 2 of the 3 chapters", None), ("zh", "有 2 章", None), ("fr", "Scenes of", "en")],
)
def test_the_page_on_ai_tells_the_figures_in_a_language_that_is_named(
    language: str, said: str, tag: str | None
) -> None:
    (page,) = pages_after(BookMatter(tells_ai_use=True), Labels(language), Drafted(1_900, 2, 5_000, 3))
    first = page.blocks[0]
    assert isinstance(first, Paragraph)
    assert said in plain(first.text)
    assert page.language == tag
    (nothing,) = pages_after(BookMatter(tells_ai_use=True), Labels("en"), NOTHING_DRAFTED)
    assert isinstance(nothing.blocks[0], Paragraph)
    assert plain(nothing.blocks[0].text).startswith("No scene of this book is recorded")
