"""The document of a book: its order, what is left out, and what becomes of a writer's signs."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from domain.project.outline import Outline
from domain.project.plan import EntryKind
from projections.documents.tree import Document, Heading, LineBreak, Paragraph, Part, Run, SceneBreak, plain, runs
from projections.project.book import BookText, Entry, NoSuchChapter, NothingWritten, Written, book
from tests.support.hostile_texts import hostile

MOMENT = datetime(2026, 11, 28, 9, tzinfo=UTC)


class Shelf:
    """A book's contents and texts, built in reading order."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self.outline = Outline()
        self.entries: dict[UUID, Entry] = {}
        self.written: dict[UUID, Written] = {}

    def add(self, kind: EntryKind, title: str, *texts: str, under: UUID | None = None) -> UUID:
        entry_id = uuid4()
        self.outline = self.outline.placed(entry_id, under, 99)
        self.entries[entry_id] = Entry(kind, title)
        if texts:
            self.written[entry_id] = Written(2, MOMENT + timedelta(hours=len(self.written)), texts)
        return entry_id

    def text(self, *, title: str = "The Salt Clock", author: str = "Ada", version: int = 7) -> BookText:
        return BookText(
            project_id=UUID(int=10),
            title=title,
            author=author,
            logline="A clock of salt.",
            language=self.language,
            version=version,
            last_event_at=MOMENT,
            outline=self.outline,
            entries=self.entries,
            written=self.written,
        )


def shape(document: Document) -> list[str]:
    found = []
    for part in document.parts:
        found.append(f"{plain(part.title)} ({len(part.blocks)})")
        found += [f"  {plain(chapter.title)} ({len(chapter.blocks)})" for chapter in part.chapters]
    return found


def blocks_of(*texts: str) -> tuple[object, ...]:
    shelf = Shelf()
    shelf.add("chapter", "One", "Something.", *texts)
    return book(shelf.text()).parts[0].blocks[1:]


def test_parts_and_chapters_stand_in_reading_order_and_what_has_no_text_is_left_out() -> None:
    shelf = Shelf()
    shelf.add("chapter", "Prologue", "Before.")
    ebb = shelf.add("part", "Ebb")
    one = shelf.add("chapter", "Low Water", "One.", "Two.", under=ebb)
    shelf.add("section", "The quay", under=one)
    shelf.add("chapter", "Not written", "", " \n ", "***", under=ebb)
    flood = shelf.add("part", "Flood")
    shelf.add("chapter", "Planned", under=flood)
    shelf.add("chapter", "Slack", "End.")
    assert shape(book(shelf.text())) == ["Prologue (1)", "Ebb (0)", "  Low Water (2)", "Slack (1)"]
    assert shape(book(shelf.text(), with_empty=True)) == [
        "Prologue (1)",
        "Ebb (0)",
        "  Low Water (3)",
        "  Not written (1)",
        "Flood (0)",
        "  Planned (0)",
        "Slack (1)",
    ]
    assert book(shelf.text(), with_empty=True).parts[1].chapters[0].blocks[2] == Heading((Run("The quay"),), 1)


def test_every_chapter_is_in_the_table_of_contents_however_deep_it_stands() -> None:
    shelf = Shelf()
    first = shelf.add("part", "Book One")
    inner = shelf.add("part", "Ebb", under=first)
    shelf.add("chapter", "Low Water", "One.", under=inner)
    shelf.add("chapter", "After the ebb", "Two.", under=first)
    assert shape(book(shelf.text())) == ["Book One (0)", "Ebb (0)", "  Low Water (1)", "After the ebb (1)"]


def test_a_selection_keeps_its_parts_and_one_chapter_stands_alone() -> None:
    shelf = Shelf()
    ebb = shelf.add("part", "Ebb")
    one = shelf.add("chapter", "One", "a", under=ebb)
    shelf.add("chapter", "Two", "b", under=ebb)
    three = shelf.add("chapter", "Three", "c")
    empty = shelf.add("chapter", "Four")
    assert shape(book(shelf.text(), [three, one])) == ["Ebb (0)", "  One (1)", "Three (1)"]
    alone = book(shelf.text(), [one])
    assert shape(alone) == ["One (1)"]
    assert alone.front.name == "The Salt Clock – One"
    assert shape(book(shelf.text(), [three, empty], with_empty=True)) == ["Three (1)", "Four (0)"]
    with pytest.raises(NothingWritten):
        book(shelf.text(), [empty], with_empty=True)


def test_what_is_removed_is_never_in_it() -> None:
    shelf = Shelf()
    ebb = shelf.add("part", "Ebb")
    gone = shelf.add("chapter", "Gone", "Secret.", under=ebb)
    shelf.add("chapter", "Here", "Here.")
    shelf.outline = shelf.outline.taken(ebb)
    assert shape(book(shelf.text(), with_empty=True)) == ["Here (1)"]
    for unknown in (gone, ebb, uuid4()):
        with pytest.raises(NoSuchChapter):
            book(shelf.text(), [unknown])


def test_a_part_is_no_chapter_to_choose() -> None:
    shelf = Shelf()
    ebb = shelf.add("part", "Ebb")
    shelf.add("chapter", "One", "a", under=ebb)
    with pytest.raises(NoSuchChapter):
        book(shelf.text(), [ebb])


@pytest.mark.parametrize(
    "texts", [(), ("",), ("***",), ("\u200b\ufeff", "\n")], ids=["none", "blank", "break", "unseen"]
)
def test_a_book_without_text_is_refused_with_a_sentence(texts: tuple[str, ...]) -> None:
    shelf = Shelf()
    shelf.add("chapter", "One", *(text.replace("\u200b", "") for text in texts))
    with pytest.raises(NothingWritten, match="Write something in a chapter first"):
        book(shelf.text(), with_empty=True)


@pytest.mark.parametrize("sign", ["***", "* * *", " ⁂ ", "#", "＊＊＊", "***\n"])
def test_a_block_that_is_only_a_sign_is_a_scene_break(sign: str) -> None:
    assert blocks_of(sign) == (SceneBreak(),)


@pytest.mark.parametrize("text", ["**", "****", "# One", "*** then", "---", "*\n*\n*"])
def test_other_signs_are_text(text: str) -> None:
    (found,) = blocks_of(text)
    assert isinstance(found, Paragraph)


def test_line_breaks_stay_and_blank_lines_do_not() -> None:
    (found,) = blocks_of("Roses,\n  red.\n\n\nViolets.")
    assert found == Paragraph((Run("Roses,"), LineBreak(), Run("red."), LineBreak(), Run("Violets.")))


def test_stars_and_markup_of_any_kind_are_text() -> None:
    lines = [line for line in hostile("/etc/passwd") if line != "***"]
    assert blocks_of("*so* _very_ **much**", *lines) == tuple(
        Paragraph((Run(line),)) for line in ("*so* _very_ **much**", *lines)
    )


def test_the_front_says_whose_it_is_and_when_it_was_last_changed() -> None:
    shelf = Shelf("zh")
    shelf.add("chapter", "一", "海。")
    shelf.add("chapter", "二", "潮。")
    front = book(shelf.text(title="盐钟")).front
    assert (front.title, front.subtitle, front.author, front.language) == ("盐钟", "", "Ada", "zh")
    assert (plain(front.contents), front.description) == ("目录", "A clock of salt.")
    assert front.date == MOMENT + timedelta(hours=1)
    assert book(shelf.text(author="owner")).front.author == ""
    assert ("", "Ada") in list(runs(book(shelf.text())))


def test_equal_texts_give_equal_documents_and_every_change_another_identifier() -> None:
    shelf = Shelf()
    one = shelf.add("chapter", "One", "a")
    two = shelf.add("chapter", "Two")
    before = book(shelf.text())
    assert book(shelf.text()) == before
    others = [book(shelf.text(version=8)), book(shelf.text(), [one]), book(shelf.text(), with_empty=True)]
    shelf.written[two] = Written(2, MOMENT, ("b",))
    others.append(book(shelf.text()))
    identifiers = {document.front.identifier for document in (before, *others)}
    assert len(identifiers) == 5


def test_titles_without_anything_to_see_have_a_name() -> None:
    shelf = Shelf()
    shelf.add("chapter", "\ufeff", "a")
    document = book(shelf.text(title="\ufeff"))
    assert (document.front.title, document.parts) == (
        "Untitled",
        (Part((Run("Untitled"),), (Paragraph((Run("a"),)),)),),
    )
